package dev.cairn.cache;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** The directories that compilations searched, one {@link WatchedDirectory} per path. Thread-safe. */
public final class DirectoryStates {
    private static final long MAXIMUM_DIRECTORIES = 20_000;

    private final LoadingCache<String, WatchedDirectory> directories = Caffeine.newBuilder()
            .executor(Runnable::run)
            .maximumSize(MAXIMUM_DIRECTORIES)
            .build(path -> new WatchedDirectory(path, this));
    private final AtomicLong generations = new AtomicLong();
    private final Predicate<String> relevant;

    /**
     * Makes an empty set.
     *
     * @param relevant whether the appearance of a name could change any answer given so far; when in doubt true
     */
    public DirectoryStates(Predicate<String> relevant) {
        this.relevant = relevant;
    }

    /** Returns the directory at an absolute path. Asking does not touch it. */
    public WatchedDirectory at(String absolutePath) {
        return directories.get(absolutePath);
    }

    long nextGeneration() {
        return generations.incrementAndGet();
    }

    boolean isRelevant(String name) {
        return relevant.test(name);
    }
}
