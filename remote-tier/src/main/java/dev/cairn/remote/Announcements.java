package dev.cairn.remote;

import dev.cairn.cache.Digest;
import dev.cairn.cache.Records;
import dev.cairn.remote.Capabilities.Support;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the contexts of manifests that lie in the store into the set of their scope, many at once, in the background. Each
 * is a durable record until that is done, and that before the record of its upload goes, so that a process that is killed
 * leaves it to the next one. Nothing here is anybody's trouble: what fails is tried again. Thread-safe.
 */
final class Announcements implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Announcements.class);
    private static final int MOST = 100_000;
    private static final byte[] NOTHING = {};
    private static final int LONGEST_BACKOFF = 4;
    private static final int ATTEMPTS_AT_THE_END = 3;
    private static final int PAUSE_AT_THE_END_MILLIS = 500;

    /** Whoever waits for uploads waits so long for these at least, as a set is one object. */
    private static final Duration AT_THE_END = Duration.ofSeconds(3);

    private final ScopeContexts scope;
    private final StoreConnection connection;
    private final Records records;
    private final FilterTuning tuning;
    private final ScheduledExecutorService scheduler;
    private final ExecutorService executor;
    private final Set<Digest> pending = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final AtomicInteger failures = new AtomicInteger();
    private final ReentrantLock turn = new ReentrantLock();
    private volatile long lastWrite;
    private volatile Future<?> takenUp = CompletableFuture.completedFuture(true);

    /** @param records of these alone */
    Announcements(
            ScopeContexts scope,
            StoreConnection connection,
            Records records,
            FilterTuning tuning,
            ScheduledExecutorService scheduler,
            ExecutorService executor) {
        this.scope = scope;
        this.connection = connection;
        this.records = records;
        this.tuning = tuning;
        this.scheduler = scheduler;
        this.executor = executor;
        this.lastWrite = System.nanoTime() - tuning.announceEvery().toNanos();
    }

    /** Takes up what an earlier process left; returns at once. */
    void start() {
        takenUp = executor.submit(() -> {
            records.forEach(Records.Kind.UPLOAD, (key, value) -> {
                if (key.length == Digest.LENGTH) {
                    pending.add(Digest.read(key, 0));
                }
            });
            scheduleIfNeeded();
        });
    }

    /** Takes a context whose manifest is in the store. */
    void add(Digest context) {
        boolean possible =
                connection.knownCapabilities().map(Announcements::canKeep).orElse(true);
        if (possible && !scope.has(context) && pending.size() < MOST && pending.add(context)) {
            records.put(Records.Kind.UPLOAD, context.toBytes(), NOTHING);
            scheduleIfNeeded();
        }
    }

    /** Whether a store can keep a set without losing what others add; elsewhere there is none. */
    private static boolean canKeep(Capabilities able) {
        return able.list() && able.conditionalPut() == Support.YES;
    }

    /** Whether a context is still to be put into the set. */
    boolean has(Digest context) {
        return pending.contains(context);
    }

    private void scheduleIfNeeded() {
        if (!pending.isEmpty() && scheduled.compareAndSet(false, true)) {
            var _ = scheduler.schedule(this::handOn, delay(), TimeUnit.NANOSECONDS);
        }
    }

    private long delay() {
        long apart = (tuning.announceEvery().toNanos() * scope.rarity()) << Math.min(failures.get(), LONGEST_BACKOFF);
        long delay = Math.max(tuning.announceAfter().toNanos(), lastWrite + apart - System.nanoTime());
        return delay * 3 / 4 + ThreadLocalRandom.current().nextLong(delay / 2 + 1);
    }

    /** The scheduler's thread waits for no store. */
    private void handOn() {
        var _ = executor.submit(this::itIsTime);
    }

    private void itIsTime() {
        scheduled.set(false);
        announce();
        scheduleIfNeeded();
    }

    /** Puts what is pending into the set; returns whether that is done. */
    private boolean announce() {
        turn.lock();
        try {
            List<Digest> contexts = List.copyOf(pending);
            if (contexts.isEmpty()) {
                return true;
            }
            if (!connection.isUsable()) {
                failures.incrementAndGet();
                return false;
            }
            lastWrite = System.nanoTime();
            if (canKeep(connection.capabilities())) {
                scope.add(contexts);
            }
            for (Digest context : contexts) {
                records.remove(Records.Kind.UPLOAD, context.toBytes());
                pending.remove(context);
            }
            failures.set(0);
            return true;
        } catch (StoreException e) {
            failures.incrementAndGet();
            LOG.debug("{} contexts are not announced yet: {}", pending.size(), e.line());
            return false;
        } finally {
            turn.unlock();
        }
    }

    /** Waits until what is pending is in the set, that failed, or the deadline and a few seconds are over. */
    void drain(Deadline deadline) throws InterruptedException {
        try {
            Future<?> end = executor.submit(() -> {
                takenUp.get();
                for (int attempt = 1; !announce() && attempt < ATTEMPTS_AT_THE_END; attempt++) {
                    TimeUnit.MILLISECONDS.sleep(
                            ThreadLocalRandom.current().nextInt(PAUSE_AT_THE_END_MILLIS, 3 * PAUSE_AT_THE_END_MILLIS));
                }
                return true;
            });
            end.get(Math.max(deadline.remainingNanos(), AT_THE_END.toNanos()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
            LOG.debug("not all is announced", e);
        }
    }

    /** Waits for what was interrupted, which must not use the records afterwards. */
    @Override
    public void close() {
        try {
            if (turn.tryLock(AT_THE_END.toSeconds(), TimeUnit.SECONDS)) {
                turn.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
