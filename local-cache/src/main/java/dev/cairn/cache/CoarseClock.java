package dev.cairn.cache;

/**
 * The clock that the kernel stamps files with: {@code CLOCK_REALTIME_COARSE}. A file changed after a reading carries a
 * stamp that is not smaller than the reading; the precise clock runs ahead of it by up to a tick. Thread-safe.
 */
public final class CoarseClock {
    private CoarseClock() {}

    /** Returns nanoseconds since 1970. */
    public static long now() {
        long now = SmallLibrary.coarseTime();
        if (now == 0) {
            throw new IllegalStateException("the kernel has no coarse clock");
        }
        return now;
    }
}
