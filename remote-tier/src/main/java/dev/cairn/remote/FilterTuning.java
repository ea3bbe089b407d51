package dev.cairn.remote;

import java.time.Duration;

/**
 * Times of the miss filter. Immutable.
 *
 * @param believed whether what a set says spares questions; it is kept for the others all the same
 * @param refreshAfter after how long a small set that is in use is looked at again. What others upload meanwhile shows
 *     about as late as it does where a miss is remembered
 * @param believedFor how long a set counts without that it was found to be the same
 * @param announceAfter how long a context that was uploaded waits for others, to be put into the set with them
 * @param announceEvery how far apart two writes of a small set are at least, as a write costs what a dozen reads do
 */
public record FilterTuning(
        boolean believed, Duration refreshAfter, Duration believedFor, Duration announceAfter, Duration announceEvery) {
    /** For anything that is not a test. */
    public static final FilterTuning DEFAULT = new FilterTuning(
            true, Duration.ofSeconds(20), Duration.ofMinutes(2), Duration.ofSeconds(5), Duration.ofSeconds(30));

    /** Returns this with another say on whether the set is believed. */
    FilterTuning withBelieved(boolean other) {
        return new FilterTuning(other, refreshAfter, believedFor, announceAfter, announceEvery);
    }
}
