package dev.cairn.cache;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one background thread: evicts, writes times of use, removes what nothing refers to, and repairs damage. Requests
 * of one kind that come before it gets to them are carried out once. Thread-safe.
 */
final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final long FLUSH_SECONDS = 3;
    private static final long CLOSE_SECONDS = 30;

    private final ScheduledThreadPoolExecutor thread;

    Housekeeping() {
        thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread worker = new Thread(task, "cairn-evict");
            worker.setDaemon(true);
            return worker;
        });
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Something to do that may fail. */
    interface Task {
        void run() throws IOException;
    }

    /** Asks for one task; asking again before it has begun changes nothing. */
    final class Request implements Runnable {
        private final String what;
        private final Task task;
        private final AtomicBoolean pending = new AtomicBoolean();

        private Request(String what, Task task) {
            this.what = what;
            this.task = task;
        }

        @Override
        public void run() {
            if (pending.compareAndSet(false, true)) {
                submit(() -> {
                    pending.set(false);
                    carryOut(what, task);
                });
            }
        }
    }

    /** Returns a request for a task. */
    Request request(String what, Task task) {
        return new Request(what, task);
    }

    /** Repeats a task every few seconds. */
    void repeat(String what, Task task) {
        var _ = thread.scheduleWithFixedDelay(
                () -> carryOut(what, task), FLUSH_SECONDS, FLUSH_SECONDS, TimeUnit.SECONDS);
    }

    /** Waits until everything asked for so far is done. */
    void settle() {
        try {
            thread.submit(() -> {}).get();
        } catch (RejectedExecutionException e) {
            LOG.debug("nothing to wait for: closed");
        } catch (ExecutionException e) {
            throw new IllegalStateException("an empty task failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("background work of the cache did not end in {} s", CLOSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void submit(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("closed; not carried out");
        }
    }

    private static void carryOut(String what, Task task) {
        try {
            task.run();
        } catch (IOException | RuntimeException e) {
            LOG.warn("cannot {}: {}", what, e.toString());
        }
    }
}
