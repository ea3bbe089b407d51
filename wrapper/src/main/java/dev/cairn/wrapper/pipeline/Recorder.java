package dev.cairn.wrapper.pipeline;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leaves the records of builds in the background, one after the other. One that cannot be left is told once and lost: the
 * next build of the branch leaves one too. Thread-safe.
 */
final class Recorder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);

    private final ExecutorService executor = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon(true).name("records").factory());
    private int pending;
    private int failed;
    private Optional<String> fault = Optional.empty();

    /**
     * Begins to leave records; returns at once.
     *
     * @param builds of how many builds
     * @param work leaves them, and returns one line on what went wrong, or empty
     */
    void leave(int builds, Supplier<Optional<String>> work) {
        synchronized (this) {
            pending += builds;
        }
        try {
            executor.execute(() -> done(builds, outcome(work)));
        } catch (RejectedExecutionException e) {
            done(builds, Optional.of("the daemon ends"));
        }
    }

    private static Optional<String> outcome(Supplier<Optional<String>> work) {
        try {
            return work.get();
        } catch (RuntimeException | Error e) {
            return Optional.of(e.toString());
        }
    }

    private synchronized void done(int builds, Optional<String> wrong) {
        pending -= builds;
        wrong.ifPresent(line -> {
            failed += builds;
            fault = wrong;
            LOG.warn("no record was left of {} builds: {}", builds, line);
        });
        notifyAll();
    }

    /** Waits until none is being left, or the time is over. */
    synchronized void await(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        try {
            for (long left = limit.toNanos(); pending > 0 && left > 0; left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns how it stands. */
    synchronized RecordProgress progress() {
        return new RecordProgress(pending, failed, fault);
    }

    /** Stops; what was not left is lost. */
    @Override
    public void close() {
        executor.shutdownNow();
    }
}
