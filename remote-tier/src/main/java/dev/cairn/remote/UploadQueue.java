package dev.cairn.remote;

import dev.cairn.cache.Records;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is still to be uploaded. Every job is a durable record from the moment it is offered until it is done, so that a
 * process that is killed leaves it to the next one. Equal jobs are one. When the store fails, all wait; when one object
 * fails again and again, it is given up. Nothing here throws at whoever offers. Thread-safe.
 */
final class UploadQueue implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UploadQueue.class);
    private static final int ATTEMPTS = 5;
    private static final Duration PROGRESS = Duration.ofMillis(200);

    /** Does the work. */
    @FunctionalInterface
    interface Work {
        Uploader.Outcome run(UploadJob job) throws IOException;
    }

    private final OwnRecords records;
    private final Work work;
    private final RemoteTuning tuning;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<UploadJob.Key> waiting = new ArrayDeque<>();

    /** How often each queued job has failed by itself; a job that is queued or under way has a number here. */
    private final Map<UploadJob.Key, Integer> attempts = new HashMap<>();

    private final List<Thread> workers = new ArrayList<>();
    private long pausedUntil = System.nanoTime();
    private int failuresInARow;
    private long done;
    private long failed;
    private long dropped;
    private boolean takenUp;
    private boolean closed;

    UploadQueue(OwnRecords records, Work work, RemoteTuning tuning) {
        this.records = records;
        this.work = work;
        this.tuning = tuning;
    }

    /** Takes up what an earlier process left, and starts; returns at once. */
    void start() {
        lock.lock();
        try {
            workers.add(Thread.ofVirtual().name("upload-start").start(this::takeUp));
            for (int i = 0; i < tuning.uploads(); i++) {
                workers.add(Thread.ofVirtual().name("upload-" + i).start(this::work));
            }
        } finally {
            lock.unlock();
        }
    }

    private void takeUp() {
        List<UploadJob.Key> left = new ArrayList<>();
        records.forEach(
                Records.Kind.UPLOAD, (key, value) -> UploadJob.Key.read(key).ifPresent(left::add));
        lock.lock();
        try {
            left.forEach(this::enqueue);
        } finally {
            takenUp = true;
            changed.signalAll();
            lock.unlock();
        }
    }

    private void enqueue(UploadJob.Key key) {
        if (attempts.putIfAbsent(key, 0) == null) {
            waiting.add(key);
            changed.signal();
        }
    }

    /** Returns what {@link #offer} will write, for who writes it before. */
    Records.Entry record(UploadJob job) {
        return records.entry(job.key().bytes(), job.value());
    }

    /** Queues a job, durably, unless it is queued already or too many are; then it is not to be found later either. */
    void offer(UploadJob job) {
        lock.lock();
        try {
            if (attempts.containsKey(job.key()) || closed) {
                return;
            }
            if (attempts.size() >= tuning.queue()) {
                dropped++;
                records.remove(Records.Kind.UPLOAD, job.key().bytes());
                return;
            }
            records.put(Records.Kind.UPLOAD, job.key().bytes(), job.value());
            enqueue(job.key());
        } finally {
            lock.unlock();
        }
    }

    private void work() {
        try {
            while (true) {
                run(take());
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private UploadJob.Key take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!closed) {
                long pause = pausedUntil - System.nanoTime();
                if (waiting.isEmpty()) {
                    changed.await();
                } else if (pause > 0) {
                    changed.awaitNanos(pause);
                } else {
                    return waiting.remove();
                }
            }
            throw new InterruptedException("closed");
        } finally {
            lock.unlock();
        }
    }

    private void run(UploadJob.Key key) throws InterruptedException {
        Optional<UploadJob> job =
                records.get(Records.Kind.UPLOAD, key.bytes()).flatMap(value -> UploadJob.read(key, value));
        try {
            if (job.isEmpty()) {
                // It was done while the earlier process's jobs were being taken up.
                finish(key, () -> {});
                return;
            }
            Uploader.Outcome outcome = work.run(job.get());
            finish(key, () -> {
                failuresInARow = 0;
                if (outcome == Uploader.Outcome.DONE) {
                    done++;
                } else {
                    dropped++;
                }
            });
        } catch (IOException | RuntimeException | LinkageError e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            failed(key, e);
        }
    }

    private void finish(UploadJob.Key key, Runnable count) {
        lock.lock();
        try {
            records.remove(Records.Kind.UPLOAD, key.bytes());
            attempts.remove(key);
            count.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void failed(UploadJob.Key key, Throwable cause) {
        Optional<StoreException> answer = cause instanceof StoreException known ? Optional.of(known) : Optional.empty();
        boolean ofTheStore = answer.map(known -> known.failure().isOfTheStore()).orElse(false);
        lock.lock();
        try {
            if (closed) {
                return; // who was interrupted need not say so; it stays queued for the next process
            }
            if (ofTheStore) {
                waiting.addFirst(key);
                pause(answer.flatMap(StoreException::retryAfter));
                return;
            }
            int failures = attempts.merge(key, 1, Integer::sum);
            if (failures < ATTEMPTS) {
                waiting.addLast(key);
                changed.signal();
                return;
            }
        } finally {
            lock.unlock();
        }
        LOG.warn("an upload is given up: {}", StoreException.of(cause).line());
        finish(key, () -> failed++);
    }

    /** Several workers usually meet the same outage; it counts once. */
    private void pause(Optional<Duration> wish) {
        long now = System.nanoTime();
        if (pausedUntil > now && wish.isEmpty()) {
            return;
        }
        long most = tuning.retryAtMost().toNanos();
        long backoff = Math.min(most, tuning.retryAfter().toNanos() << Math.min(failuresInARow++, 20));
        long jittered = backoff / 2 + ThreadLocalRandom.current().nextLong(backoff / 2 + 1);
        long pause = Math.max(jittered, wish.map(Duration::toNanos).orElse(0L));
        pausedUntil = Math.max(pausedUntil, now + pause);
        changed.signalAll();
    }

    UploadProgress progress() {
        lock.lock();
        try {
            return new UploadProgress(attempts.size(), done, failed, dropped);
        } finally {
            lock.unlock();
        }
    }

    private boolean isTakenUp() {
        lock.lock();
        try {
            return takenUp || workers.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until nothing is queued, or the deadline has come.
     *
     * @param progress told now and then
     * @return whether nothing is queued any longer
     */
    boolean drain(Deadline deadline, Consumer<UploadProgress> progress) throws InterruptedException {
        while (true) {
            UploadProgress now = progress();
            progress.accept(now);
            if ((now.queued() == 0 && isTakenUp()) || deadline.remainingNanos() == 0) {
                return now.queued() == 0;
            }
            lock.lockInterruptibly();
            try {
                if (!attempts.isEmpty() || !takenUp) {
                    changed.awaitNanos(Math.min(PROGRESS.toNanos(), deadline.remainingNanos()));
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Stops; what is queued stays queued for the next process. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        workers.forEach(Thread::interrupt);
        try {
            for (Thread worker : workers) {
                worker.join(TimeUnit.SECONDS.toMillis(5));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
