package dev.cairn.remote;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long each build may still wait for answers that do not come, or come late and are of no use. A build ends by itself when it asks nothing for a
 * while. Thread-safe.
 */
public final class BuildBudgets {
    private static final int BUILDS = 10_000;

    /** What an answer may take: asking costs that, and nobody is the worse for it but by that. */
    private static final long QUICK = Duration.ofMillis(200).toNanos();

    private final long budget;
    private final Cache<String, AtomicLong> spent;

    BuildBudgets(Duration budget, Duration idle) {
        this.budget = budget.toNanos();
        this.spent = Caffeine.newBuilder()
                .maximumSize(BUILDS)
                .expireAfterAccess(idle)
                .build();
    }

    /** Returns how long something may take that a build waits for: as much as is left, at most. */
    public Duration within(Duration most, String build) {
        Duration left = Duration.ofNanos(remaining(build));
        return left.compareTo(most) < 0 ? left : most;
    }

    /** Returns how many nanoseconds are left, not below 0. */
    long remaining(String build) {
        return Math.max(0, budget - spent(build).get());
    }

    void charge(String build, long nanos) {
        spent(build).addAndGet(nanos);
    }

    /**
     * Charges an answer that was of no use, if it took long: then all that the build waited for it.
     *
     * @param begin when it was asked for, a time of {@link System#nanoTime}, as {@code end}, when it came
     */
    public void chargeUseless(String build, Deadline deadline, long begin, long end) {
        if (end - begin > QUICK) {
            charge(build, deadline.waitedBetween(begin, end));
        }
    }

    private AtomicLong spent(String build) {
        return spent.get(build, first -> new AtomicLong());
    }
}
