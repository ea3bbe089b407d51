package dev.cairn.remote;

/**
 * How a warm-up stands. Immutable.
 *
 * @param wanted artifacts that the records name and that are not here
 * @param fetched of these, fetched
 * @param failed of these, not to be had
 * @param bytes fetched
 */
public record WarmProgress(long wanted, long fetched, long failed, long bytes) {}
