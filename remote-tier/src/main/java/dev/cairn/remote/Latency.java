package dev.cairn.remote;

import java.time.Duration;
import java.util.Arrays;

/** How long first bytes took of late, and whether a second question may be put. Thread-safe. */
final class Latency {
    private static final int SAMPLES = 64;
    private static final int ENOUGH = 8;
    private static final double HEDGES_PER_QUESTION = 0.1;
    private static final double MOST_HEDGES = 10;

    private final long[] samples = new long[SAMPLES];
    private final long least;
    private long count;
    private double allowance = MOST_HEDGES;

    Latency(Duration least) {
        this.least = least.toNanos();
    }

    synchronized void record(long nanos) {
        samples[(int) (count++ % SAMPLES)] = nanos;
        allowance = Math.min(MOST_HEDGES, allowance + HEDGES_PER_QUESTION);
    }

    /** Returns after how many nanoseconds an answer is late: twice what nine of ten took. */
    synchronized long hedgeAfter() {
        if (count < ENOUGH) {
            return 5 * least;
        }
        long[] sorted = Arrays.copyOf(samples, (int) Math.min(count, SAMPLES));
        Arrays.sort(sorted);
        return Math.max(least, 2 * sorted[sorted.length * 9 / 10]);
    }

    /** Takes one of the hedges that are allowed: a tenth of the questions, so that a slow store is not made slower. */
    synchronized boolean tryHedge() {
        if (allowance < 1) {
            return false;
        }
        allowance -= 1;
        return true;
    }
}
