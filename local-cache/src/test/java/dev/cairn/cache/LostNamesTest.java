package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LostNamesTest {
    private static final Listing NOTHING = new Listing.Names(Set.of());

    private final LostNames lost = new LostNames();

    @Test
    void aNameThatWentIsLostSinceItWasMissed() {
        lost.compare(new Listing.Names(Set.of("a", "b")), new Listing.Names(Set.of("b", "c")), 10);
        assertThat(lost.haveAny(Set.of("a"), 10)).isTrue();
        assertThat(lost.haveAny(Set.of("a"), 11)).as("gone before").isFalse();
        assertThat(lost.haveAny(Set.of("b", "c"), 10)).isFalse();
    }

    @Test
    void ofADirectoryThatCannotBeListedNothingIsKnown() {
        lost.compare(NOTHING, new Listing.Unlisted("/d"), 10);
        assertThat(lost.haveAny(Set.of("a"), 10)).isTrue();
        assertThat(lost.haveAny(Set.of("a"), 11)).isFalse();
    }

    @Test
    void whatThereIsNoRoomForMayHaveBeenAnything() {
        lost.compare(names(1001), NOTHING, 10);
        assertThat(lost.haveAny(Set.of("a"), 10)).isTrue();
        lost.compare(new Listing.Names(Set.of("b")), NOTHING, 20);
        assertThat(lost.haveAny(Set.of("a"), 11)).isFalse();
        assertThat(lost.haveAny(Set.of("b"), 11)).isTrue();
    }

    private static Listing names(int count) {
        return new Listing.Names(
                IntStream.range(0, count).mapToObj(i -> "n" + i).collect(Collectors.toSet()));
    }
}
