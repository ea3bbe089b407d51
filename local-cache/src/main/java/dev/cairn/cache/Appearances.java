package dev.cairn.cache;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * Appearances of many paths, looked at in one call of {@code appearances.c}. Immutable.
 */
final class Appearances {
    private final @Nullable Appearance[] list;
    private final MemorySegment addresses;

    /** @param list in the order in which they are looked at; null for what can't be judged by its looks */
    Appearances(@Nullable Appearance[] list) {
        this.list = list;
        addresses = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, Math.max(1, list.length));
        for (int i = 0; i < list.length; i++) {
            Appearance appearance = list[i];
            addresses.setAtIndex(ValueLayout.JAVA_LONG, i, appearance == null ? 0 : appearance.address());
        }
    }

    /** Returns the place of the first, from a place on, that does not look the same now; their number when all do. */
    int firstUnlike(int from) {
        try {
            return SmallLibrary.firstUnlike(addresses.address(), from, list.length);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Nullable
    Appearance at(int place) {
        return list[place];
    }

    /** Returns a copy of the list. */
    @Nullable
    Appearance[] copyOfList() {
        return list.clone();
    }
}
