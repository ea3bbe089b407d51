package dev.cairn.remote;

import java.time.Duration;

/**
 * How much a warm-up may do. Immutable.
 *
 * @param bytes to fetch, about
 * @param time in all
 * @param requests at once
 */
public record WarmLimits(long bytes, Duration time, int requests) {
    /** For anything that is not a test. */
    public static final WarmLimits DEFAULT = new WarmLimits(2L << 30, Duration.ofMinutes(2), 64);
}
