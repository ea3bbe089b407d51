package dev.cairn.remote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One question that is under way, and all who wait for its answer. When nobody waits any longer it is cancelled. What was
 * found is disposed of when the last one has let go of it. Thread-safe.
 */
final class Flight<T> {
    private final Consumer<T> dispose;
    private final CountDownLatch landed = new CountDownLatch(1);
    private final List<Future<?>> attempts = new ArrayList<>();
    private Optional<RemoteAnswer<T>> answer = Optional.empty();
    private int running;
    private int waiting;
    private int holding;
    private boolean disposed;

    Flight(Consumer<T> dispose) {
        this.dispose = dispose;
    }

    /** Joins those who wait; false when it is over already. */
    synchronized boolean join() {
        if (answer.isPresent() || disposed) {
            return false;
        }
        waiting++;
        return true;
    }

    /** Adds an attempt, unless there is nothing to find out any more. */
    synchronized void attempt(Supplier<Future<?>> start) {
        if (answer.isEmpty() && !disposed) {
            running++;
            attempts.add(start.get());
        }
    }

    /** Ends an attempt. A failure counts only when no other attempt can still do better. */
    void land(RemoteAnswer<T> result) {
        Optional<T> surplus = Optional.empty();
        synchronized (this) {
            running--;
            boolean failed = result instanceof RemoteAnswer.Unavailable;
            if (answer.isPresent() || disposed) {
                surplus = result instanceof RemoteAnswer.Found<T> found ? Optional.of(found.value()) : surplus;
            } else if (!failed || running == 0) {
                answer = Optional.of(result);
                landed.countDown();
                attempts.forEach(attempt -> attempt.cancel(true));
            }
        }
        surplus.ifPresent(dispose);
    }

    /** Waits for the answer; empty when there is none in time. Whoever joined calls {@link #leave} afterwards. */
    Optional<RemoteAnswer<T>> await(long nanos) throws InterruptedException {
        boolean there = landed.await(nanos, TimeUnit.NANOSECONDS);
        synchronized (this) {
            if (there && answer.orElseThrow() instanceof RemoteAnswer.Found) {
                holding++;
            }
            return there ? answer : Optional.empty();
        }
    }

    /** Leaves those who wait. */
    void leave() {
        Optional<T> unused;
        synchronized (this) {
            waiting--;
            if (waiting == 0 && answer.isEmpty()) {
                disposed = true;
                attempts.forEach(attempt -> attempt.cancel(true));
            }
            unused = takeUnused();
        }
        unused.ifPresent(dispose);
    }

    /** Lets go of what was found. */
    void release() {
        Optional<T> unused;
        synchronized (this) {
            holding--;
            unused = takeUnused();
        }
        unused.ifPresent(dispose);
    }

    /** Whether nobody can join any longer. */
    synchronized boolean isOver() {
        return answer.isPresent() || disposed;
    }

    private Optional<T> takeUnused() {
        if (waiting > 0 || holding > 0 || disposed || answer.isEmpty()) {
            return Optional.empty();
        }
        disposed = true;
        return answer.get() instanceof RemoteAnswer.Found<T> found ? Optional.of(found.value()) : Optional.empty();
    }
}
