package dev.cairn.cache;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The byte budget and what is used of it: blobs by the ledger's totals, the database by the length of its files, outputs
 * that are just being taken in by reservation. Thread-safe.
 */
final class Space {
    private static final long MEBIBYTE = 1 << 20;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Ledger ledger;
    private final Database database;
    private final StoreDirectory directory;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();
    private long reserved;
    private long fruitlessEvictions;
    private volatile long budget;
    private volatile Measurement measurement;

    /**
     * @param databaseBytes length of the database's files
     * @param written what had been written to the database at that time
     */
    private record Measurement(long databaseBytes, long written) {}

    Space(Ledger ledger, Database database, StoreDirectory directory, long budget) throws IOException {
        this.ledger = ledger;
        this.database = database;
        this.directory = directory;
        this.budget = budget;
        this.measurement = new Measurement(directory.databaseBytes(), database.bytesWritten());
    }

    long budget() {
        return budget;
    }

    void budget(long bytes) {
        budget = bytes;
        wakeStores();
    }

    /** Returns the size of the largest artifact that is taken in: a quarter of the budget. */
    long largestArtifact() {
        return budget / 4;
    }

    /** Returns what blobs and database take; what was written since the last measurement is added as it is. */
    long used() {
        Measurement last = measurement;
        long sinceThen = Math.max(0, database.bytesWritten() - last.written());
        return ledger.totals().blobBytes() + last.databaseBytes() + sinceThen;
    }

    boolean isExceeded() {
        return used() > budget;
    }

    /** Measures the database's files anew. */
    void measure() throws IOException {
        long written = database.bytesWritten();
        measurement = new Measurement(directory.databaseBytes(), written);
    }

    /** Returns how many bytes too many are used, seen from a little below the budget. */
    long surplus() {
        return used() - budget / 10 * 9;
    }

    /**
     * Returns how many bytes of the database's files are of no use, at least: log, deleted and replaced rows. Rows are
     * counted uncompressed, so that it is seldom more than this says and often less than is true.
     */
    long garbage() {
        long needed = ledger.totals().recordBytes() + database.liveBytes(Table.RECORDS);
        return Math.max(0, measurement.databaseBytes() - needed);
    }

    /**
     * Reserves room for an artifact that is about to be taken in. When eviction is far behind, waits for it, but not long.
     *
     * @param eviction started when there is no room
     * @return whether there is room; if so, {@link #release} must follow
     */
    boolean reserve(long bytes, Runnable eviction) throws InterruptedException {
        lock.lock();
        try {
            long patience = PATIENCE_NANOS;
            long fruitlessBefore = fruitlessEvictions;
            while (used() + reserved > budget + slack()) {
                if (patience <= 0 || fruitlessEvictions > fruitlessBefore) {
                    return false;
                }
                eviction.run();
                patience = freed.awaitNanos(patience);
            }
            reserved += bytes;
            return true;
        } finally {
            lock.unlock();
        }
    }

    void release(long bytes) {
        lock.lock();
        try {
            reserved -= bytes;
            freed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Lets stores that wait for room look again. */
    void wakeStores() {
        afterEviction(true);
    }

    /**
     * Lets stores that wait for room look again.
     *
     * @param fruitful whether eviction could do anything; if not, stores need not wait for more
     */
    void afterEviction(boolean fruitful) {
        lock.lock();
        try {
            fruitlessEvictions += fruitful ? 0 : 1;
            freed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How far stores may run ahead of eviction, the one that is asking not counted. */
    private long slack() {
        return Math.clamp(budget / 8, MEBIBYTE, 64 * MEBIBYTE);
    }
}
