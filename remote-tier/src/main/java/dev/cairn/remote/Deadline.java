package dev.cairn.remote;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Until when an answer is of use. Immutable.
 *
 * @param nanos a time of {@link System#nanoTime}
 */
public record Deadline(long nanos) {
    /** Returns the deadline that is this far away. */
    public static Deadline in(Duration duration) {
        return new Deadline(System.nanoTime() + TimeUnit.NANOSECONDS.convert(duration));
    }

    /** Returns how much is left, not below 0. */
    public long remainingNanos() {
        return Math.max(0, nanos - System.nanoTime());
    }
}
