package dev.cairn.remote;

/**
 * How a warm-up stands. Immutable.
 *
 * @param records of earlier builds that were found
 * @param wanted artifacts that the records name and that are not here
 * @param fetched of these, fetched
 * @param failed of these, not to be had, or not to be kept
 * @param bytes fetched
 */
public record WarmProgress(int records, long wanted, long fetched, long failed, long bytes) {}
