package dev.cairn.cache;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A set of {@link Expectation}s that are judged together, in one call as long as everything looks as it did the last
 * time; only what looks different is gone into. Every path is looked at in every judgement, unless a {@link ChangeFeed}
 * is in use and says that nothing happened to it since. Thread-safe.
 */
public final class Expectations {
    /** When more than so many have to be asked about one by one, looking at all of them in one call is faster. */
    private static final int FEW = 16;

    private final Expectation[] expectations;
    private volatile Appearances appearances;

    private volatile @Nullable Coverage coverage;

    /** Makes a set; nothing is looked at yet. */
    public Expectations(List<Expectation> expectations) {
        // Neighbours in one directory are cheaper to look at.
        this.expectations = expectations.stream()
                .sorted(Comparator.comparing(Expectations::directory))
                .toArray(Expectation[]::new);
        this.appearances = new Appearances(new @Nullable Appearance[this.expectations.length]);
    }

    private static String directory(Expectation expectation) {
        String path = expectation.path();
        return path.substring(0, path.lastIndexOf('/') + 1);
    }

    /** Returns them. */
    public List<Expectation> all() {
        return List.of(expectations);
    }

    /** Returns the number of expectations. */
    public int size() {
        return expectations.length;
    }

    /** Whether all of them hold now. */
    public boolean hold() {
        ChangeFeed feed = ChangeFeed.inUse();
        return expectations.length == 0 || (feed == null ? look() : ask(feed));
    }

    private boolean ask(ChangeFeed feed) {
        feed.drain();
        Coverage known = coverage;
        if (known == null || !known.isBy(feed)) {
            known = new Coverage(feed, expectations);
            coverage = known;
        }
        int unknown = known.unknown();
        boolean hold = unknown <= FEW ? known.holds() : look();
        if (hold && unknown > 0) {
            known.watchSome();
        }
        return hold;
    }

    /** Whether nothing would be looked at now if nothing has happened; for tests. */
    boolean restOnFeed() {
        Coverage known = coverage;
        return known != null && known.isComplete();
    }

    private boolean look() {
        Appearances known = appearances;
        @Nullable Appearance @Nullable [] news = null;
        for (int i = known.firstUnlike(0); i < expectations.length; i = known.firstUnlike(i + 1)) {
            Expectation expectation = expectations[i];
            if (!expectation.holds()) {
                return false;
            }
            Appearance appearance = expectation.appearance().orElse(null);
            if (appearance != known.at(i)) { // what moves all the time may hold, and look as if it did not, for long
                news = news == null ? known.copyOfList() : news;
                news[i] = appearance;
            }
        }
        if (news != null) {
            appearances = new Appearances(news);
        }
        return true;
    }
}
