package dev.cairn.remote;

import dev.failsafe.CircuitBreaker;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store and how it has behaved. It is opened by whoever needs it first. After several failures in a row, or one that
 * will not go away by itself, nobody is sent to it any more; it is then tried in the background, so that no build pays
 * for finding out that it works again. Thread-safe.
 */
final class StoreConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreConnection.class);
    private static final int FAILURES = 3;
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** Opens the store. */
    @FunctionalInterface
    interface Opener {
        ObjectStore open() throws StoreException;
    }

    /** Something asked of the store. */
    @FunctionalInterface
    interface Question<T> {
        T ask(ObjectStore store) throws IOException;
    }

    private final String name;
    private final Opener opener;
    private final String probeKey;
    private final Duration firstPause;
    private final ScheduledExecutorService scheduler;
    private final CircuitBreaker<Object> breaker = CircuitBreaker.builder()
            .withFailureThreshold(FAILURES)
            .withSuccessThreshold(1)
            .build();
    private final ReentrantLock opening = new ReentrantLock();
    private final AtomicBoolean probing = new AtomicBoolean();
    private volatile Optional<ObjectStore> store = Optional.empty();
    private volatile Optional<Capabilities> capabilities = Optional.empty();
    private volatile Optional<StoreException> lastFailure = Optional.empty();
    private volatile Optional<StoreException> lastWriteFailure = Optional.empty();
    /** What was wrong with the last answer, of a store that otherwise does its part. */
    private volatile Optional<StoreException> lastOddity = Optional.empty();

    private volatile boolean closed;

    StoreConnection(
            String name, Opener opener, String probeKey, Duration firstPause, ScheduledExecutorService scheduler) {
        this.name = name;
        this.opener = opener;
        this.probeKey = probeKey;
        this.firstPause = firstPause;
        this.scheduler = scheduler;
    }

    /** Whether it makes sense to ask. */
    boolean isUsable() {
        return breaker.isClosed() && !closed;
    }

    /** Asks, and remembers how that went. */
    <T> T ask(Question<T> question) throws StoreException {
        try {
            T answer = question.ask(opened());
            succeeded();
            return answer;
        } catch (DamagedObject | UntrustedObject e) {
            // The store did its part.
            succeeded();
            StoreException damage =
                    new StoreException(Failure.DAMAGED, StoreException.describe(e), Optional.empty(), Optional.of(e));
            lastOddity = Optional.of(damage);
            throw damage;
        } catch (IOException | RuntimeException e) {
            StoreException failure = StoreException.of(e);
            if (!isCalledOff()) {
                failed(failure);
            }
            throw failure;
        }
    }

    /** Asks for what nobody misses: however that goes, it says nothing about the store. */
    <T> T askAside(Question<T> question) throws StoreException {
        try {
            return question.ask(opened());
        } catch (IOException | RuntimeException e) {
            throw StoreException.of(e);
        }
    }

    /**
     * Writes. That this fails, with credentials that only read for instance, does not keep anyone from reading; whoever
     * writes sees to it when to try again.
     */
    <T> T write(Question<T> question) throws StoreException {
        try {
            T answer = question.ask(opened());
            lastWriteFailure = Optional.empty();
            return answer;
        } catch (IOException | RuntimeException e) {
            StoreException failure = StoreException.of(e);
            if (!isCalledOff() && failure.failure().isOfTheStore()) {
                if (lastWriteFailure.isEmpty()) {
                    LOG.warn("remote {}: uploads fail: {}", name, failure.line());
                }
                lastWriteFailure = Optional.of(failure);
            }
            throw failure;
        }
    }

    /** Whether who asks was told to give up, by a stop for instance: what fails then says nothing about the store. */
    private boolean isCalledOff() {
        return closed || Thread.currentThread().isInterrupted();
    }

    private ObjectStore opened() throws StoreException {
        Optional<ObjectStore> known = store;
        if (known.isPresent()) {
            return known.get();
        }
        try {
            opening.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(Failure.TIMEOUT, "interrupted");
        }
        try {
            if (closed) {
                throw new StoreException(Failure.UNREACHABLE, "closed");
            }
            if (store.isEmpty()) {
                store = Optional.of(opener.open());
            }
            return store.orElseThrow();
        } finally {
            opening.unlock();
        }
    }

    private void succeeded() {
        lastFailure = Optional.empty();
        lastOddity = Optional.empty();
        if (breaker.isClosed()) {
            breaker.recordSuccess();
        }
    }

    /** Remembers that the store did not do its part, also when it was not waited for any longer. */
    void failed(StoreException failure) {
        if (closed) {
            return;
        }
        if (!failure.failure().isOfTheStore()) {
            lastOddity = Optional.of(failure);
            return;
        }
        boolean first = lastFailure.isEmpty();
        lastFailure = Optional.of(failure);
        if (first) {
            LOG.warn("remote {}: {}", name, failure.line());
        }
        if (!breaker.isClosed()) {
            return;
        }
        if (failure.failure().isTransient()) {
            breaker.recordFailure();
        } else {
            breaker.open();
        }
        if (!breaker.isClosed() && probing.compareAndSet(false, true)) {
            probeIn(firstPause);
        }
    }

    private void probeIn(Duration pause) {
        long jittered = (long) (pause.toMillis() * (0.75 + Math.random() / 2));
        var _ = scheduler.schedule(() -> Thread.ofVirtual().start(() -> probe(pause)), jittered, TimeUnit.MILLISECONDS);
    }

    private void probe(Duration pause) {
        if (closed) {
            return;
        }
        breaker.halfOpen();
        try {
            opened().head(probeKey);
            probing.set(false);
            lastFailure = Optional.empty();
            breaker.recordSuccess();
            LOG.info("remote {}: works again", name);
        } catch (IOException | RuntimeException e) {
            lastFailure = Optional.of(StoreException.of(e));
            breaker.recordFailure();
            Duration doubled = pause.multipliedBy(2);
            probeIn(doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled);
        }
    }

    /** Returns what the store can do; finds it out the first time, by writing. */
    Capabilities capabilities() throws StoreException {
        Optional<Capabilities> known = capabilities;
        if (known.isPresent()) {
            return known.get();
        }
        Capabilities found = write(opened -> CapabilityProbe.of(opened, probeKey));
        capabilities = Optional.of(found);
        return found;
    }

    Optional<Capabilities> knownCapabilities() {
        return capabilities;
    }

    /** Returns one line on what goes wrong with reading, if anything does. */
    Optional<String> lastReadError() {
        return lastFailure.map(StoreException::line);
    }

    /** Returns one line on what goes wrong, if anything does. */
    Optional<String> lastError() {
        return lastReadError()
                .or(() -> lastWriteFailure.map(failure -> "uploads fail: " + failure.line()))
                .or(() -> lastOddity.map(StoreException::line));
    }

    RemoteStatus.State state() {
        Optional<StoreException> failure = lastFailure;
        if (failure.isEmpty()) {
            return lastWriteFailure.isEmpty() ? RemoteStatus.State.OK : RemoteStatus.State.DEGRADED;
        }
        if (!failure.get().failure().isTransient()) {
            return RemoteStatus.State.MISCONFIGURED;
        }
        return breaker.isClosed() ? RemoteStatus.State.DEGRADED : RemoteStatus.State.OPEN;
    }

    /** Ends the judging: what fails from now on is called off, and says nothing about the store. */
    void callOff() {
        closed = true;
    }

    @Override
    public void close() {
        callOff();
        opening.lock();
        try {
            if (store.isPresent()) {
                store.get().close();
            }
        } catch (IOException e) {
            LOG.debug("closing remote {}", name, e);
        } finally {
            opening.unlock();
        }
    }
}
