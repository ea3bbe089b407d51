package dev.cairn.remote;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Until when an answer is of use. Immutable.
 *
 * @param nanos a time of {@link System#nanoTime}
 * @param waited the time until which the build waits for it; from then on something else goes on beside the question
 */
public record Deadline(long nanos, long waited) {
    /** Returns the deadline that is this far away; the build waits until then. */
    public static Deadline in(Duration duration) {
        return in(duration, duration);
    }

    /** Returns the deadline that is this far away, where the build waits for a part of that time at most. */
    public static Deadline in(Duration duration, Duration waited) {
        long now = System.nanoTime();
        return new Deadline(now + TimeUnit.NANOSECONDS.convert(duration), now + TimeUnit.NANOSECONDS.convert(waited));
    }

    /** Returns for how much of what is left the build waits, not below 0. */
    long waitedNanos() {
        return Math.max(0, Math.min(waited, nanos) - System.nanoTime());
    }

    /** Returns for how many of the nanoseconds between two times the build waits. */
    long waitedBetween(long begin, long end) {
        return Math.max(0, Math.min(end, Math.min(waited, nanos)) - begin);
    }

    /** Returns how much is left, not below 0. */
    public long remainingNanos() {
        return Math.max(0, nanos - System.nanoTime());
    }
}
