package dev.cairn.remote;

import java.time.Duration;

/**
 * How long one request to a store may take. Immutable. These bound what the background does; how long a build waits is
 * decided by its deadline.
 *
 * @param connect until there is a connection
 * @param silence without a byte from the store
 * @param whole for a request and its answer
 */
public record RequestLimits(Duration connect, Duration silence, Duration whole) {
    /** For anything that is not a test. */
    public static final RequestLimits DEFAULT =
            new RequestLimits(Duration.ofSeconds(3), Duration.ofSeconds(10), Duration.ofMinutes(5));
}
