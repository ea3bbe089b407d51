package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class SharedEntryTest {
    private static final ManifestEntry ENTRY = new ManifestEntry(
            List.of(
                    new ManifestEntry.Input("\0W/inc/a.h", Hasher.of("a").finish()),
                    new ManifestEntry.Input(
                            "/usr/include/\u00e4.h", Hasher.of("b").finish())),
            List.of("\0W/inc", "/usr/include"),
            List.of("\0W/b.h"),
            List.of("\0W/c.h"),
            List.of(new ManifestEntry.Condition("date", List.of(), "2026-01-01")),
            "",
            Hasher.of("artifact").finish());

    @Example
    void anEntryComesBackAsItWas() {
        assertThat(SharedEntry.decode(SharedEntry.encode(ENTRY))).contains(ENTRY);
    }

    @Property(tries = 2000)
    void anyOtherBitMakesItNoEntry(@ForAll int position, @ForAll byte change) {
        byte[] bytes = SharedEntry.encode(ENTRY);
        int at = Math.floorMod(position, bytes.length);
        bytes[at] ^= change;
        assertThat(SharedEntry.decode(bytes)).isEqualTo(change == 0 ? Optional.of(ENTRY) : Optional.empty());
    }

    @Property(tries = 200)
    void aPartOfItIsNoEntry(@ForAll int length) {
        byte[] bytes = SharedEntry.encode(ENTRY);
        assertThat(SharedEntry.decode(Arrays.copyOf(bytes, Math.floorMod(length, bytes.length))))
                .isEmpty();
    }

    @Property(tries = 2000)
    void arbitraryBytesAreNoEntry(@ForAll byte[] bytes) {
        assertThat(SharedEntry.decode(bytes)).isEmpty();
    }

    @Example
    void whatIsTooLongIsNotRead() {
        assertThat(SharedEntry.decode(new byte[SharedEntry.LONGEST + 1])).isEmpty();
    }
}
