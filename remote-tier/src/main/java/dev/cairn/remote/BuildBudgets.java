package dev.cairn.remote;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long each build may still wait for answers that do not come. A build ends by itself when it asks nothing for a
 * while. Thread-safe.
 */
final class BuildBudgets {
    private static final int BUILDS = 10_000;

    private final long budget;
    private final Cache<String, AtomicLong> spent;

    BuildBudgets(Duration budget, Duration idle) {
        this.budget = budget.toNanos();
        this.spent = Caffeine.newBuilder()
                .maximumSize(BUILDS)
                .expireAfterAccess(idle)
                .build();
    }

    /** Returns how many nanoseconds are left, not below 0. */
    long remaining(String build) {
        return Math.max(0, budget - spent(build).get());
    }

    void charge(String build, long nanos) {
        spent(build).addAndGet(nanos);
    }

    private AtomicLong spent(String build) {
        return spent.get(build, first -> new AtomicLong());
    }
}
