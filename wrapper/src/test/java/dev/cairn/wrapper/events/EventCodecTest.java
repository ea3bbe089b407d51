package dev.cairn.wrapper.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.wrapper.protocol.Request;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class EventCodecTest {
    @Test
    void anEventSurvivesItsEncoding() {
        assertThat(EventCodec.decode(EventCodec.encode(event()))).contains(event());
    }

    @Property(tries = 300)
    void bytesThatAreNoEventGiveNone(@ForAll @IntRange(min = 0, max = 200) int length) {
        byte[] whole = EventCodec.encode(event());
        byte[] cut = Arrays.copyOf(whole, Math.min(length, whole.length - 1));
        assertThat(EventCodec.decode(cut)).isEmpty();
    }

    @Test
    void theLastMissIsTheOneToExplain() {
        EventLog log = new EventLog(new Statistics(), Optional::empty);
        Request request = new Request(false, false, 1, 1, "/w", "/cc", List.of("cc"), Map.of());
        EventBuilder miss = new EventBuilder(request);
        miss.files("a.c", "a.o");
        miss.reason("source_changed", List.of("a.c"));
        log.add(miss.miss(0, true, Optional.empty(), List.of()));
        log.add(new EventBuilder(request).hit("memory"));
        assertThat(log.last()).map(Event::reason).contains("source_changed");
        assertThat(log.of("/w/a.o")).map(Event::outcome).contains(Outcome.MISS);
        assertThat(log.statistics().snapshot())
                .containsEntry("requests", 2L)
                .containsEntry("hits/memory", 1L)
                .containsEntry("misses", 1L)
                .containsEntry("miss_reasons/source_changed", 1L);
    }

    private static Event event() {
        return new Event(
                17,
                Outcome.MISS,
                Optional.empty(),
                "arguments_changed",
                List.of("- -O1", "+ -O2"),
                "/usr/bin/gcc",
                List.of("gcc", "-c", "\u00ff.c"),
                "/w",
                "/w/\u00ff.c",
                Optional.of("/w/a.o"),
                Optional.of("c0"),
                Optional.empty(),
                1,
                false,
                Optional.of("compilation_failed"),
                Map.of("lookup", 12L));
    }
}
