package dev.cairn.cache;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ChangeFeed} knows of a set of expectations: one that held when its path had a stamp holds as long as the
 * path has it. Thread-safe: whatever thread found a stamp good, it is.
 */
final class Coverage {
    /** When more than so many have to be asked about one by one, looking at all of them in one call is faster. */
    private static final int FEW = 16;

    private final ChangeFeed feed;
    private final Expectation[] expectations;
    private final ChangeMark[] marks;
    private final int[] stamps;

    private Coverage(ChangeFeed feed, Expectation[] expectations) {
        this.feed = feed;
        this.expectations = expectations;
        marks = Arrays.stream(expectations)
                .map(expectation -> feed.mark(expectation.path()))
                .toArray(ChangeMark[]::new);
        stamps = new int[expectations.length];
        Arrays.fill(stamps, ChangeMark.UNKNOWN);
    }

    /** Has everything watched that can be; null when that is too little to be of use. */
    static @Nullable Coverage of(ChangeFeed feed, Expectation[] expectations) {
        Coverage coverage = new Coverage(feed, expectations);
        int missing = 0;
        for (ChangeMark mark : coverage.marks) {
            if (mark.stamp() == ChangeMark.UNKNOWN && !feed.watch(mark) && ++missing > FEW) {
                return null;
            }
        }
        return coverage;
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

    /** Whether so little has moved that it is worth using; the feed has just been drained. */
    boolean isWorthUsing() {
        int unknown = 0;
        for (ChangeMark mark : marks) {
            if (mark.stamp() == ChangeMark.UNKNOWN && ++unknown > FEW) {
                return false;
            }
        }
        return true;
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
