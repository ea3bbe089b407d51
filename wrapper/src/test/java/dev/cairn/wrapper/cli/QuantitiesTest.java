package dev.cairn.wrapper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class QuantitiesTest {
    @ParameterizedTest
    @CsvSource({"0, 0 B", "1023, 1023 B", "1024, 1.0 KiB", "5368709120, 5.0 GiB", "9223372036854775807, 8388608.0 TiB"})
    void bytesAreRounded(long bytes, String text) {
        assertThat(Quantities.bytes(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0 us", "999, 999 us", "1500, 1.50 ms", "2500000, 2.50 s"})
    void microsecondsAreRounded(long micros, String text) {
        assertThat(Quantities.micros(micros)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"59, 59 s", "60, 1 min", "3600, 1 h 0 min", "90000, 1 d 1 h"})
    void durationsAreRounded(long seconds, String text) {
        assertThat(Quantities.duration(Duration.ofSeconds(seconds))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 100, 0", "50, 100, 12", "100, 100, 24", "500, 100, 24", "1, 0, 0"})
    void aBarIsNeverLongerThanItsFrame(long part, long whole, long filled) {
        assertThat(Quantities.bar(part, whole)).hasSize(26);
        assertThat(Quantities.bar(part, whole).chars().filter(c -> c == '#')).hasSize((int) filled);
    }

    @ParameterizedTest
    @CsvSource({"1, 3, 33.3 %", "0, 0, -"})
    void aPercentageOfNothingIsADash(long part, long whole, String text) {
        assertThat(Quantities.percent(part, whole)).isEqualTo(text);
    }
}
