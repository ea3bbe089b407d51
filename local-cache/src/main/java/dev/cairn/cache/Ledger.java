package dev.cairn.cache;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes artifacts and everything that depends on them: manifests, references to blobs, times of use, totals. One change
 * at a time, each as one batch; the memory tier learns of it after the batch is written, and files of blobs that nothing
 * refers to any more are deleted after that. Reading needs no lock. Thread-safe.
 */
final class Ledger {
    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);
    private static final int MANIFEST_ENTRIES = 16;
    private static final List<Table> OF_ARTIFACTS =
            List.of(Table.MANIFESTS, Table.ARTIFACTS, Table.BLOBS, Table.RECENCY);

    private final ReentrantLock lock = new ReentrantLock();
    private final Database database;
    private final DiskTier disk;
    private final MemoryTier memory;
    private final Pins pins;
    private final EvictedKeys evicted;
    private final AtomicLong clock = new AtomicLong();
    private final LongAdder removedRecordBytes = new LongAdder();
    private volatile Totals totals;

    Ledger(Database database, DiskTier disk, MemoryTier memory, Pins pins, EvictedKeys evicted) {
        this.database = database;
        this.disk = disk;
        this.memory = memory;
        this.pins = pins;
        this.evicted = evicted;
        this.totals = disk.totals().orElse(Totals.NONE);
        clock.set(totals.stamp());
    }

    Totals totals() {
        return totals;
    }

    /** Returns a stamp later than all before; milliseconds, unless there was more than one use in one. */
    long stamp() {
        return clock.updateAndGet(last -> Math.max(last + 1, System.currentTimeMillis()));
    }

    /**
     * Records an artifact, whose blobs must be in place and pinned, its manifest entry, and that it is to be uploaded.
     *
     * @return how many bytes were added
     */
    long record(Digest context, ManifestEntry entry, ArtifactRecord artifact, Optional<Records.Entry> upload)
            throws IOException {
        lock.lock();
        try {
            Totals before = totals;
            LedgerChange change = new LedgerChange(disk, before);
            change.put(entry.artifact(), artifact, ManifestCodec.size(entry), stamp());
            for (ManifestEntry surplus : change.putEntry(context, entry, MANIFEST_ENTRIES)) {
                change.remove(surplus.artifact());
                change.countEvicted(evicted, surplus.artifact());
            }
            upload.ifPresent(change::putUpload);
            write(change);
            long after = totals.blobBytes() + totals.recordBytes();
            return Math.max(0, after - before.blobBytes() - before.recordBytes());
        } finally {
            lock.unlock();
        }
    }

    /** Removes artifacts to make room, and remembers that. */
    void evict(List<Digest> keys) throws IOException {
        lock.lock();
        try {
            LedgerChange change = new LedgerChange(disk, totals);
            for (Digest key : keys) {
                change.remove(key);
                change.countEvicted(evicted, key);
            }
            write(change);
        } finally {
            lock.unlock();
        }
    }

    /** Removes an artifact that does not match its record, unless another was recorded under its key meanwhile. */
    void remove(Digest key, ArtifactRecord bad) {
        lock.lock();
        try {
            memory.remove(key);
            Optional<ArtifactRecord> current = disk.artifact(key).map(RecordSource.Found::value);
            if (current.isPresent() && !current.get().blobs().equals(bad.blobs())) {
                return;
            }
            LedgerChange change = new LedgerChange(disk, totals);
            change.remove(key);
            write(change);
        } catch (IOException e) {
            LOG.warn("cannot remove artifact {}: {}", key, e.toString());
        } finally {
            lock.unlock();
        }
    }

    /** Records that a blob's file was checked and has this signature now. */
    void resign(Digest key, Digest blob, FileSignature signature) {
        lock.lock();
        try {
            LedgerChange change = new LedgerChange(disk, totals);
            change.resign(key, blob, signature);
            write(change);
        } catch (IOException e) {
            LOG.warn("cannot refresh artifact {}: {}", key, e.toString());
        } finally {
            lock.unlock();
        }
    }

    /** Records times of use, and which entry of a manifest was used last. */
    void touch(Map<Digest, Long> stamps, Map<Digest, Digest> promoted) throws IOException {
        lock.lock();
        try {
            LedgerChange change = new LedgerChange(disk, totals);
            stamps.forEach(change::touch);
            promoted.forEach(change::promote);
            write(change);
        } finally {
            lock.unlock();
        }
    }

    /** Removes all artifacts and manifests; their blob files become orphans. */
    void clear() throws IOException {
        lock.lock();
        try {
            Totals cleared = new Totals(0, 0, 0, totals.evictions(), totals.stamp());
            Batch batch = new Batch();
            OF_ARTIFACTS.forEach(batch::deleteAll);
            batch.deleteAll(Table.EVICTED);
            database.write(batch.put(Table.META, Totals.KEY, cleared.encode()));
            totals = cleared;
            memory.clear();
            evicted.reload();
        } finally {
            lock.unlock();
        }
    }

    /** Counts everything anew and removes every row that is damaged or leads nowhere. */
    void recount() throws IOException {
        lock.lock();
        try {
            Recount recount = new Recount(database, disk, totals);
            database.write(recount.run(stamp()));
            totals = recount.totals();
            memory.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Replaces a damaged database by an empty one. */
    void rebuild(StoreDirectory directory) throws IOException {
        lock.lock();
        try {
            directory.markForRebuild();
            database.reopen(directory::discardDatabase);
            totals = new Totals(0, 0, 0, totals.evictions(), totals.stamp());
            memory.clear();
            evicted.reload();
            directory.unmarkForRebuild();
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many bytes of rows were removed since the store was opened; it grows only. */
    long removedRecordBytes() {
        return removedRecordBytes.sum();
    }

    private void write(LedgerChange change) throws IOException {
        database.write(change.finish());
        totals = change.totals();
        removedRecordBytes.add(change.removedRecordBytes());
        for (Map.Entry<Digest, Optional<ArtifactRecord>> changed :
                change.artifacts().entrySet()) {
            changed.getValue()
                    .ifPresentOrElse(
                            artifact -> memory.put(changed.getKey(), artifact), () -> memory.remove(changed.getKey()));
        }
        change.manifests().forEach(memory::put);
        change.unreferenced().forEach(pins::collect);
    }
}
