package dev.cairn.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cache in memory and on disk. A lookup asks the memory tier, which asks the disk tier and keeps its answer; a store
 * writes blob files first, then one batch to the database, and then the memory tier. Thread-safe.
 */
public final class LocalCache implements ArtifactCache {
    private static final Logger LOG = LoggerFactory.getLogger(LocalCache.class);
    private static final long LARGEST_MEMORY = 64 << 20;
    private static final int REMEMBERED_EVICTIONS = 100_000;

    private final OpenStore store;
    private final Pins pins;
    private final BlobFiles blobs;
    private final MemoryTier memory;
    private final Ingest ingest;
    private final EvictedKeys evicted;
    private final Ledger ledger;
    private final Recency recency;
    private final Space space;
    private final StoredRecords records;
    private final Housekeeping housekeeping = new Housekeeping();
    private final Runnable evict;
    private final Runnable tidyAfterClear;
    private final AtomicBoolean closed = new AtomicBoolean();

    private LocalCache(OpenStore store, long budgetBytes, Signatures signatures, Damage damage) throws IOException {
        this.store = store;
        Database database = store.database();
        StoreDirectory directory = store.directory();
        DiskTier disk = new DiskTier(database, directory, damage.rows()::make);
        pins = new Pins(
                directory, blob -> database.get(Table.BLOBS, blob.toBytes()).isPresent());
        blobs = new BlobFiles(directory, signatures, pins);
        memory = new MemoryTier(
                disk, Math.min(LARGEST_MEMORY, Runtime.getRuntime().maxMemory() / 8));
        ingest = new Ingest(directory, disk, blobs, pins);
        evicted = new EvictedKeys(database, REMEMBERED_EVICTIONS);
        ledger = new Ledger(database, disk, memory, pins, evicted);
        recency = new Recency(ledger, memory);
        space = new Space(ledger, database, directory, budgetBytes);
        records = new StoredRecords(database);
        Eviction eviction = new Eviction(ledger, recency, database, disk, space);
        evict = housekeeping.request("evict", eviction::run);
        tidyAfterClear = housekeeping.request("tidy up after clearing", () -> {
            pins.collectAll();
            database.compact();
            space.measure();
        });
        startHousekeeping(damage);
    }

    private void startHousekeeping(Damage damage) {
        StoreDirectory directory = store.directory();
        Runnable recount = housekeeping.request("recount", () -> {
            damage.rows().repairing();
            ledger.recount();
            pins.collectAll();
            evict.run();
        });
        Runnable rebuild = housekeeping.request("rebuild the database", () -> {
            damage.files().repairing();
            ledger.rebuild(directory);
            LOG.warn("the damaged database in {} was replaced by an empty one", directory.root());
            directory.deleteDiscarded();
            pins.collectAll();
            space.measure();
        });
        housekeeping
                .request("delete discarded files", directory::deleteDiscarded)
                .run();
        if (store.wasClosedInOrder()) {
            housekeeping.request("remove orphans", pins::collectAll).run();
        } else {
            recount.run();
        }
        evict.run();
        damage.files().attach(rebuild);
        damage.rows().attach(recount);
        housekeeping.repeat("keep to the budget", () -> {
            recency.flush();
            space.measure();
            if (space.isExceeded()) {
                evict.run();
            }
        });
    }

    /** Whether there is a cache in a directory; it may be of use or not. */
    public static boolean isIn(Path directory) {
        return Files.isDirectory(StoreDirectory.root(directory));
    }

    /**
     * Opens the cache in a directory, and makes it when it is missing. The directory belongs to this cache alone until
     * it is closed. A damaged store is replaced by an empty one.
     *
     * @param directory the cache directory
     * @param budgetBytes how many bytes the store may take, database included
     * @param signatures asked on every hit, once per blob
     * @throws CacheUnavailable when the directory is in use, cannot be written, or its file system is full
     */
    public static LocalCache open(Path directory, long budgetBytes, Signatures signatures) throws CacheUnavailable {
        Damage damage = new Damage();
        OpenStore store = OpenStore.open(directory, damage);
        try {
            return new LocalCache(store, budgetBytes, signatures, damage);
        } catch (IOException e) {
            store.close();
            throw new CacheUnavailable(
                    CacheUnavailable.Cause.NOT_WRITABLE, "cannot use cache directory " + directory + ": " + e, e);
        }
    }

    @Override
    public List<ManifestEntry> manifest(Digest context) {
        return memory.manifest(context).map(RecordSource.Found::value).orElse(List.of());
    }

    @Override
    public Optional<PinnedArtifact> pin(Digest context, Digest artifact) {
        Optional<RecordSource.Found<ArtifactRecord>> found = memory.artifact(artifact);
        if (found.isEmpty() || closed.get()) {
            return Optional.empty();
        }
        ArtifactRecord candidate = found.get().value();
        PinnedBlobs pinned = PinnedBlobs.pin(candidate, found.get().tier(), pins);
        for (BlobReference blob : candidate.blobs()) {
            if (!blobs.isAsRecorded(blob) && !isIntact(artifact, blob)) {
                ledger.remove(artifact, candidate);
                pinned.close();
                return Optional.empty();
            }
        }
        recency.use(context, artifact);
        return Optional.of(pinned);
    }

    @Override
    public boolean contains(Digest context, Digest artifact) {
        return !closed.get() && memory.contains(context, artifact);
    }

    /** Checks a blob whose file has another signature than recorded by its content. */
    private boolean isIntact(Digest artifact, BlobReference blob) {
        Optional<FileSignature> verified = blobs.verify(blob);
        verified.ifPresent(signature -> ledger.resign(artifact, blob.digest(), signature));
        return verified.isPresent();
    }

    @Override
    public StoreResult store(
            Digest context, ManifestEntry entry, NewArtifact artifact, Optional<Records.Entry> upload) {
        if (closed.get()) {
            return new StoreResult.Refused("store_failed", "the cache is closed");
        }
        try {
            return store(context, entry, ingest.measure(artifact, space.largestArtifact()), upload);
        } catch (Ingest.Refusal e) {
            return e.result();
        } catch (IOException e) {
            return new StoreResult.Refused("store_failed", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new StoreResult.Refused("store_failed", "interrupted");
        }
    }

    private StoreResult store(
            Digest context, ManifestEntry entry, Ingest.Measured measured, Optional<Records.Entry> upload)
            throws Ingest.Refusal, IOException, InterruptedException {
        if (!space.reserve(measured.bytes(), evict)) {
            return new StoreResult.Refused("over_budget", "eviction did not make room in time");
        }
        try (Ingest.Taken taken = ingest.take(measured)) {
            ArtifactRecord record = taken.toRecord(context, measured.artifact());
            return new StoreResult.Stored(ledger.record(context, entry, record, upload));
        } finally {
            space.release(measured.bytes());
            if (space.isExceeded()) {
                evict.run();
            }
        }
    }

    @Override
    public boolean wasEvicted(Digest artifact) {
        return evicted.contains(artifact);
    }

    @Override
    public Records records() {
        return records;
    }

    @Override
    public void budget(long bytes) {
        if (space.budget() != bytes) {
            space.budget(bytes);
            evict.run();
        }
    }

    @Override
    public Usage usage() {
        Totals totals = ledger.totals();
        return new Usage(totals.artifacts(), space.used(), space.budget(), totals.evictions());
    }

    @Override
    public void clear() {
        try {
            ledger.clear();
        } catch (IOException e) {
            LOG.warn("cannot clear the cache: {}", e.toString());
        }
        tidyAfterClear.run();
    }

    @Override
    public void settle() {
        housekeeping.settle();
    }

    /** Waits for background work, writes times of use, and releases the directory. Closing twice is harmless. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            housekeeping.close();
            recency.flush();
            pins.stop();
            store.close();
        }
    }
}
