package dev.cairn.remote;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.cairn.cache.Digest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Asks for one kind of object. Equal questions at the same time are one; a miss is remembered for a while; an answer that
 * is late is asked for a second time; and nobody waits longer than the deadline and the build's budget allow (which is not
 * charged for what goes on beside a compiler), whatever the
 * store does. Never throws. Thread-safe.
 */
final class Reads<T> {
    private static final int REMEMBERED = 100_000;

    /** Whoever does not answer for this long has failed; a shorter deadline says nothing about the store. */
    private static final long TOO_LONG = Duration.ofMillis(400).toNanos();

    /** Fetches an object. */
    @FunctionalInterface
    interface Fetch<T> {
        /**
         * Returns the object, or empty.
         *
         * @param firstByte to be called when the store has begun to answer
         */
        Optional<T> fetch(Digest key, Runnable firstByte) throws StoreException;
    }

    private final ReadContext context;
    private final Fetch<T> fetch;
    private final BiFunction<T, Runnable, T> share;
    private final Consumer<T> dispose;
    private final Latency latency;
    private final Cache<Digest, RemoteAnswer<T>> remembered;
    private final ConcurrentMap<Digest, Asked<T>> flights = new ConcurrentHashMap<>();

    /**
     * Makes a kind of question.
     *
     * @param share returns a found value for one of those who wait; its second argument lets go of it
     * @param dispose removes a value that nobody uses any longer
     */
    Reads(ReadContext context, Fetch<T> fetch, BiFunction<T, Runnable, T> share, Consumer<T> dispose) {
        this.context = context;
        this.fetch = fetch;
        this.share = share;
        this.dispose = dispose;
        this.latency = new Latency(context.tuning().hedgeAfter());
        this.remembered = Caffeine.newBuilder()
                .maximumSize(REMEMBERED)
                .expireAfterWrite(context.tuning().rememberAbsence())
                .build();
    }

    /** A question under way, and how far it got. */
    private record Asked<T>(Digest key, Flight<T> flight, AtomicBoolean begun, AtomicBoolean hedged) {}

    RemoteAnswer<T> ask(String build, Digest key, Deadline deadline) {
        RemoteAnswer<T> known = remembered.getIfPresent(key);
        if (known != null) {
            return known;
        }
        if (!context.connection().isUsable()) {
            context.counters().skipped.increment();
            return new RemoteAnswer.Unavailable<>("remote-down");
        }
        long left = context.budgets().remaining(build);
        long waited = deadline.waitedNanos();
        long wait = deadline.remainingNanos() - Math.max(0, waited - left);
        if (wait <= 0 || (waited > 0 && left == 0)) {
            context.counters().skipped.increment();
            return new RemoteAnswer.Unavailable<>("remote-budget");
        }
        try {
            return await(build, join(key), wait, deadline);
        } catch (RejectedExecutionException e) {
            return new RemoteAnswer.Unavailable<>("remote-closed");
        }
    }

    /** Forgets that something was absent. */
    void forget(Digest key) {
        remembered.invalidate(key);
    }

    private Asked<T> join(Digest key) {
        return flights.compute(key, (same, present) -> {
            if (present != null && present.flight().join()) {
                return present;
            }
            Asked<T> asked = new Asked<>(key, new Flight<>(dispose), new AtomicBoolean(), new AtomicBoolean());
            asked.flight().join();
            attempt(asked);
            return asked;
        });
    }

    private void attempt(Asked<T> asked) {
        Digest key = asked.key();
        asked.flight()
                .attempt(() -> context.executor().submit(() -> {
                    RemoteAnswer<T> answer = fetch(key, asked);
                    if (answer instanceof RemoteAnswer.Absent) {
                        remembered.put(key, answer);
                    }
                    flights.remove(key, asked);
                    asked.flight().land(answer);
                }));
    }

    private RemoteAnswer<T> fetch(Digest key, Asked<T> asked) {
        try {
            context.requests().acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new RemoteAnswer.Unavailable<>("remote-cancelled");
        }
        long start = System.nanoTime();
        try {
            Optional<T> found = fetch.fetch(key, () -> {
                if (asked.begun().compareAndSet(false, true)) {
                    latency.record(System.nanoTime() - start);
                }
            });
            return found.<RemoteAnswer<T>>map(RemoteAnswer.Found::new).orElseGet(RemoteAnswer.Absent::new);
        } catch (StoreException e) {
            RemoteAnswer<T> failed = new RemoteAnswer.Unavailable<>(reason(e));
            if (e.failure() == Failure.DAMAGED) {
                // It will not be better the next moment.
                remembered.put(key, failed);
            }
            return failed;
        } catch (RuntimeException | LinkageError e) {
            return new RemoteAnswer.Unavailable<>("remote-error");
        } finally {
            context.requests().release();
        }
    }

    private static String reason(StoreException e) {
        return e.failure() == Failure.DAMAGED ? "remote-damaged" : "remote-error";
    }

    private RemoteAnswer<T> await(String build, Asked<T> asked, long wait, Deadline deadline) {
        long start = System.nanoTime();
        try {
            Optional<RemoteAnswer<T>> answer = asked.flight().await(Math.min(wait, latency.hedgeAfter()));
            if (answer.isEmpty()) {
                hedge(asked);
                answer = asked.flight().await(Math.max(0, wait - (System.nanoTime() - start)));
            }
            return account(build, asked, answer, deadline, start);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new RemoteAnswer.Unavailable<>("remote-cancelled");
        } finally {
            asked.flight().leave();
        }
    }

    private void hedge(Asked<T> asked) {
        if (!asked.begun().get() && !asked.hedged().getAndSet(true) && latency.tryHedge()) {
            context.counters().hedges.increment();
            attempt(asked);
        }
    }

    private RemoteAnswer<T> account(
            String build, Asked<T> asked, Optional<RemoteAnswer<T>> answer, Deadline deadline, long start) {
        long now = System.nanoTime();
        long waited = now - start;
        long charge = deadline.waitedBetween(start, now);
        RemoteCounters counters = context.counters();
        if (answer.isEmpty()) {
            counters.timeouts.increment();
            context.budgets().charge(build, charge);
            if (waited >= TOO_LONG) {
                context.connection()
                        .failed(new StoreException(Failure.TIMEOUT, "no answer within " + waited / 1_000_000 + " ms"));
            }
            return new RemoteAnswer.Unavailable<>("remote-timeout");
        }
        return switch (answer.get()) {
            case RemoteAnswer.Found<T> found -> {
                counters.found.increment();
                yield new RemoteAnswer.Found<>(share.apply(found.value(), asked.flight()::release));
            }
            case RemoteAnswer.Absent<T> absent -> {
                counters.absent.increment();
                context.budgets().chargeUseless(build, deadline, start, now);
                yield absent;
            }
            case RemoteAnswer.Unavailable<T> unavailable -> {
                counters.errors.increment();
                context.budgets().charge(build, charge);
                yield unavailable;
            }
        };
    }
}
