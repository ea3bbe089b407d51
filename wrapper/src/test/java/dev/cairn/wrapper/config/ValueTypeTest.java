package dev.cairn.wrapper.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.wrapper.config.Settings.PathRemap;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ValueTypeTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1000000, 1000000",
        "5G, 5000000000",
        "5g, 5000000000",
        "5GB, 5000000000",
        "5Gi, 5368709120",
        "5GiB, 5368709120",
        "5gib, 5368709120",
        "500 MB, 500000000",
        "100k, 100000",
        "100Ki, 102400",
        "1.5T, 1500000000000",
        "1.5TiB, 1649267441664",
        "0.0001k, 1",
        "12B, 12",
        "' 2M ', 2000000",
        "9223372036854775807, 9223372036854775807",
        "0G, 0",
    })
    void sizesAreRead(String text, long bytes) {
        assertThat(ValueType.SIZE.read(text)).contains(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5",
                "999999",
                "-1",
                "-5G",
                "G",
                "5 G B",
                "5X",
                "1e9",
                "1,5G",
                "0x10",
                "1.G",
                ".5G",
                "5Gib/s",
                "true",
                "1.5",
                "99999999T",
                "9223372036854775808",
                "٥G"
            })
    void whatIsNotASizeIsRefused(String text) {
        assertThat(ValueType.SIZE.read(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "30s, 30", "10m, 600", "3h, 10800", "3H, 10800", "2 d, 172800", "0s, 0", "365d, 31536000"})
    void durationsAreRead(String text, long seconds) {
        assertThat(ValueType.DURATION.read(text)).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "30", "1.5h", "-1s", "1h30m", "never", "366d", "999999999d", "s", "10ms"})
    void whatIsNotADurationIsRefused(String text) {
        assertThat(ValueType.DURATION.read(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "1, true",
        "true, true",
        "TRUE, true",
        "yes, true",
        "on, true",
        "' on ', true",
        "0, false",
        "false, false",
        "no, false",
        "Off, false",
        "'', false"
    })
    void booleansAreRead(String text, boolean value) {
        assertThat(ValueType.BOOLEAN.read(text)).contains(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "y", "enable", "truee", "-1", "00"})
    void whatIsNotABooleanIsRefused(String text) {
        assertThat(ValueType.BOOLEAN.read(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"auto, AUTO", "Off, OFF"})
    void pathRemapIsRead(String text, PathRemap value) {
        assertThat(ValueType.PATH_REMAP.read(text)).contains(value);
        assertThat(ValueType.PATH_REMAP.read("on")).isEmpty();
    }

    @Property
    void aSizeThatIsWrittenReadsBackTheSame(@ForAll @LongRange(min = 0) long bytes) {
        assertThat(ValueType.SIZE.read(ValueType.SIZE.text(bytes))).contains(bytes);
    }

    @Property
    void aRoundSizeReadsBackTheSame(@ForAll @IntRange(max = 5000) int count, @ForAll @IntRange(max = 4) int power) {
        long binary = (long) count << (10 * power);
        assertThat(ValueType.SIZE.read(ValueType.SIZE.text(binary))).contains(binary);
        long decimal = count * Math.powExact(1000L, power);
        assertThat(ValueType.SIZE.read(ValueType.SIZE.text(decimal))).contains(decimal);
    }

    @Property
    void aDurationThatIsWrittenReadsBackTheSame(@ForAll @IntRange(max = 365 * 86_400) int seconds) {
        Duration duration = Duration.ofSeconds(seconds);
        assertThat(ValueType.DURATION.read(ValueType.DURATION.text(duration))).contains(duration);
    }

    @Property
    void noTextMakesReadingThrow(@ForAll String text) {
        assertThat(ValueType.SIZE.read(text).isPresent()).isIn(true, false);
        assertThat(ValueType.DURATION.read(text).isPresent()).isIn(true, false);
        assertThat(ValueType.BOOLEAN.read(text).isPresent()).isIn(true, false);
    }
}
