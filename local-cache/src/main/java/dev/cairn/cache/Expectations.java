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
    /** Watching everything costs more than looking at it a few times: not again at once after it did not last. */
    private static final long PAUSE_NANOS = 2_000_000_000L;

    private final Expectation[] expectations;
    private volatile Appearances appearances;

    private volatile @Nullable Coverage coverage;
    private volatile long coverAt = System.nanoTime();

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

    /** Returns the number of expectations. */
    public int size() {
        return expectations.length;
    }

    /** Whether all of them hold now. */
    public boolean hold() {
        ChangeFeed feed = ChangeFeed.inUse();
        return feed == null ? look() : ask(feed);
    }

    private boolean ask(ChangeFeed feed) {
        feed.drain();
        Coverage known = coverage;
        if (known != null && known.isBy(feed) && known.isWorthUsing()) {
            return known.holds();
        }
        boolean hold = look();
        long now = System.nanoTime();
        if (hold && now - coverAt > 0) {
            coverAt = now + PAUSE_NANOS;
            coverage = Coverage.of(feed, expectations);
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
            if (Appearances.canLook()) {
                if (news == null) {
                    news = known.copyOfList();
                }
                news[i] = expectation.appearance().orElse(null);
            }
        }
        if (news != null) {
            appearances = new Appearances(news);
        }
        return true;
    }
}
