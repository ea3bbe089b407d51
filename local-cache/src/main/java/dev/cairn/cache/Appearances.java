package dev.cairn.cache;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Appearances of many paths, looked at in one call of {@code appearances.c}. Without the library
 * none is ever said to look the same, and whoever asks has to look himself. Immutable.
 */
final class Appearances {
    private static final Optional<MethodHandle> FIRST_UNLIKE = SmallLibrary.function(
            "cairn_first_unlike",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

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

    /** Whether the library is there. */
    static boolean canLook() {
        return FIRST_UNLIKE.isPresent();
    }

    /** Returns the place of the first, from a place on, that does not look the same now; their number when all do. */
    int firstUnlike(int from) {
        if (FIRST_UNLIKE.isEmpty()) {
            return from;
        }
        try {
            return (int) FIRST_UNLIKE.get().invokeExact(addresses, from, list.length);
        } catch (Throwable e) {
            throw new IllegalStateException("cairn_first_unlike could not be called", e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Returns a copy of the list. */
    @Nullable
    Appearance[] copyOfList() {
        return list.clone();
    }
}
