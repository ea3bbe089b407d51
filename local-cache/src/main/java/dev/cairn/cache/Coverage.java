package dev.cairn.cache;

import java.util.Arrays;

/**
 * What a {@link ChangeFeed} knows of a set of expectations: one that held when its path had a stamp holds as long as the
 * path has it. Thread-safe: whatever thread found a stamp good, it is.
 */
final class Coverage {
    /** Watching a path costs more than looking at it a few times; so many at a time no hit notices. */
    private static final int AT_A_TIME = 32;

    private static final long SHORTEST_PAUSE_NANOS = 1_000_000_000L;
    private static final long LONGEST_PAUSE_NANOS = 60 * SHORTEST_PAUSE_NANOS;

    private final ChangeFeed feed;
    private final Expectation[] expectations;
    private final ChangeMark[] marks;
    private final int[] stamps;
    private int next;
    private long pause = SHORTEST_PAUSE_NANOS;
    private long notBefore = System.nanoTime();

    /** Nothing is watched for it yet. */
    Coverage(ChangeFeed feed, Expectation[] expectations) {
        this.feed = feed;
        this.expectations = expectations;
        marks = Arrays.stream(expectations)
                .map(expectation -> feed.mark(expectation.path()))
                .toArray(ChangeMark[]::new);
        stamps = new int[expectations.length];
        Arrays.fill(stamps, ChangeMark.UNKNOWN);
    }

    /**
     * Has some more of what is not watched watched. After each time round there is a pause, and a longer one after each:
     * where others open the inputs all the time, watching does not pay.
     */
    synchronized void watchSome() {
        long now = System.nanoTime();
        if (now - notBefore < 0) {
            return;
        }
        for (int left = AT_A_TIME; next < marks.length && left > 0; next++) {
            if (marks[next].stamp() == ChangeMark.UNKNOWN) {
                feed.watch(marks[next]);
                left--;
            }
        }
        if (next == marks.length) {
            next = 0;
            boolean lasted = now - notBefore > 4 * pause;
            pause = lasted ? SHORTEST_PAUSE_NANOS : Math.min(2 * pause, LONGEST_PAUSE_NANOS);
            notBefore = now + pause;
        }
    }

    boolean isBy(ChangeFeed other) {
        return feed == other;
    }

    /** Whether nothing has to be asked about. */
    boolean isComplete() {
        for (int i = 0; i < marks.length; i++) {
            if (stamps[i] == ChangeMark.UNKNOWN || marks[i].stamp() != stamps[i]) {
                return false;
            }
        }
        return true;
    }

    /** Returns how many are not watched, or have moved. */
    int unknown() {
        int unknown = 0;
        for (ChangeMark mark : marks) {
            if (mark.stamp() == ChangeMark.UNKNOWN) {
                unknown++;
            }
        }
        return unknown;
    }

    /** Whether all expectations hold; the feed has just been drained. */
    boolean holds() {
        for (int i = 0; i < expectations.length; i++) {
            int stamp = marks[i].stamp();
            if (stamp == ChangeMark.UNKNOWN || stamp != stamps[i]) {
                if (!expectations[i].holds()) {
                    return false;
                }
                // What moved since the stamp was read has another one, or will have when the feed is drained next.
                stamps[i] = stamp;
            }
        }
        return true;
    }
}
