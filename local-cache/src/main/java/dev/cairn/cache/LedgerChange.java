package dev.cairn.cache;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A change of artifacts and of all rows that depend on them, collected and then written as one batch. It reads what it
 * has itself changed. Not thread-safe; made and used under the ledger's lock.
 */
final class LedgerChange {
    private final DiskTier disk;
    private final Batch batch = new Batch();
    private final Map<Digest, Optional<ArtifactRecord>> artifacts = new HashMap<>();
    private final Map<Digest, List<ManifestEntry>> manifests = new HashMap<>();
    private final Map<Digest, Optional<BlobRow>> blobs = new HashMap<>();
    private final Set<Digest> unreferenced = new HashSet<>();
    private Totals totals;
    private long removedRecordBytes;

    LedgerChange(DiskTier disk, Totals totals) {
        this.disk = disk;
        this.totals = totals;
    }

    /**
     * Puts an artifact in place of whatever has its key.
     *
     * @param entryBytes length of its manifest entry, which goes when it goes
     */
    void put(Digest key, ArtifactRecord artifact, long entryBytes, long stamp) {
        Optional<ArtifactRecord> replaced = artifact(key);
        ArtifactRecord whole =
                artifact.reachableFrom(replaced.map(ArtifactRecord::contexts).orElse(List.of()));
        replaced.ifPresent(old -> old.blobs().forEach(this::dropReference));
        artifact.blobs().forEach(this::addReference);
        byte[] keyBytes = key.toBytes();
        byte[] encoded = whole.encode(keyBytes);
        Optional<LastUse> before = disk.lastUse(key);
        LastUse use = new LastUse(stamp, whole.blobCharge(), encoded.length + entryBytes);
        totals = totals.plus(before.isPresent() ? 0 : 1, 0, use.recordBytes()).stamped(stamp);
        before.ifPresent(this::removeRecordBytes);
        batch.put(Table.ARTIFACTS, keyBytes, encoded).put(Table.RECENCY, keyBytes, use.encode(keyBytes));
        artifacts.put(key, Optional.of(whole));
    }

    /** Removes an artifact with its manifest entries and its references to blobs. */
    void remove(Digest key) {
        Optional<ArtifactRecord> removed = artifact(key);
        removed.ifPresent(artifact -> {
            artifact.blobs().forEach(this::dropReference);
            artifact.contexts().forEach(context -> removeEntry(context, key));
        });
        byte[] keyBytes = key.toBytes();
        disk.lastUse(key).ifPresent(use -> {
            totals = totals.plus(-1, 0, 0);
            removeRecordBytes(use);
        });
        batch.delete(Table.ARTIFACTS, keyBytes).delete(Table.RECENCY, keyBytes);
        artifacts.put(key, Optional.empty());
    }

    private void removeRecordBytes(LastUse use) {
        totals = totals.plus(0, 0, -use.recordBytes());
        removedRecordBytes += use.recordBytes();
    }

    /**
     * Puts an entry first in its context's manifest.
     *
     * @return the entries that had to go, as there may be only so many
     */
    List<ManifestEntry> putEntry(Digest context, ManifestEntry entry, int limit) {
        List<ManifestEntry> entries = new ArrayList<>();
        entries.add(entry);
        manifest(context).stream()
                .filter(other -> !other.artifact().equals(entry.artifact()))
                .forEach(entries::add);
        int kept = Math.min(limit, entries.size());
        manifests.put(context, List.copyOf(entries.subList(0, kept)));
        return List.copyOf(entries.subList(kept, entries.size()));
    }

    void putUpload(Records.Entry upload) {
        StoredRecords.put(batch, Records.Kind.UPLOAD, upload.key(), upload.value());
    }

    /** Moves an artifact's entry to the front of a manifest. */
    void promote(Digest context, Digest artifact) {
        List<ManifestEntry> entries = manifest(context);
        if (!entries.isEmpty() && !entries.getFirst().artifact().equals(artifact)) {
            manifests.put(context, MemoryTier.toFront(entries, artifact));
        }
    }

    /** Records a new time of use, unless the artifact is gone. */
    void touch(Digest key, long stamp) {
        disk.lastUse(key).filter(use -> use.stamp() < stamp).ifPresent(use -> {
            byte[] keyBytes = key.toBytes();
            batch.put(Table.RECENCY, keyBytes, use.at(stamp).encode(keyBytes));
            totals = totals.stamped(stamp);
        });
    }

    /** Records a blob's new signature in an artifact that refers to it. */
    void resign(Digest key, Digest blob, FileSignature signature) {
        artifact(key).ifPresent(found -> {
            ArtifactRecord resigned = found.resigned(blob, signature);
            byte[] keyBytes = key.toBytes();
            batch.put(Table.ARTIFACTS, keyBytes, resigned.encode(keyBytes));
            artifacts.put(key, Optional.of(resigned));
            blob(blob)
                    .ifPresent(
                            row -> blobs.put(blob, Optional.of(new BlobRow(row.references(), row.size(), signature))));
        });
    }

    /** Counts artifacts as evicted. */
    void countEvicted(EvictedKeys evicted, Digest key) {
        evicted.remember(batch, key);
        totals = totals.evicted(1);
    }

    /** Returns everything that is to be written. */
    Batch finish() {
        manifests.forEach((context, entries) -> {
            byte[] key = context.toBytes();
            if (entries.isEmpty()) {
                batch.delete(Table.MANIFESTS, key);
            } else {
                batch.put(Table.MANIFESTS, key, ManifestCodec.encode(key, entries));
            }
        });
        blobs.forEach((digest, row) -> {
            byte[] key = digest.toBytes();
            row.ifPresentOrElse(
                    present -> batch.put(Table.BLOBS, key, present.encode(key)), () -> batch.delete(Table.BLOBS, key));
        });
        return batch.put(Table.META, Totals.KEY, totals.encode());
    }

    Totals totals() {
        return totals;
    }

    /** Returns how many bytes of rows are removed. */
    long removedRecordBytes() {
        return removedRecordBytes;
    }

    /** Returns the artifacts that were put or removed. */
    Map<Digest, Optional<ArtifactRecord>> artifacts() {
        return artifacts;
    }

    /** Returns the manifests that were changed. */
    Map<Digest, List<ManifestEntry>> manifests() {
        return manifests;
    }

    /** Returns the blobs that nothing refers to any more. */
    Set<Digest> unreferenced() {
        return Set.copyOf(unreferenced);
    }

    private void removeEntry(Digest context, Digest artifact) {
        List<ManifestEntry> entries = manifest(context);
        List<ManifestEntry> rest = entries.stream()
                .filter(entry -> !entry.artifact().equals(artifact))
                .toList();
        if (rest.size() < entries.size()) {
            manifests.put(context, rest);
        }
    }

    private void addReference(BlobReference blob) {
        Optional<BlobRow> row = blob(blob.digest());
        if (row.isEmpty()) {
            totals = totals.plus(0, BlobRow.charge(blob.size()), 0);
        }
        long references = row.map(BlobRow::references).orElse(0L);
        blobs.put(blob.digest(), Optional.of(new BlobRow(references + 1, blob.size(), blob.signature())));
        unreferenced.remove(blob.digest());
    }

    private void dropReference(BlobReference blob) {
        Optional<BlobRow> row = blob(blob.digest());
        if (row.isEmpty()) {
            unreferenced.add(blob.digest());
            return;
        }
        BlobRow known = row.get();
        if (known.references() > 1) {
            blobs.put(blob.digest(), Optional.of(new BlobRow(known.references() - 1, known.size(), known.signature())));
            return;
        }
        blobs.put(blob.digest(), Optional.empty());
        totals = totals.plus(0, -BlobRow.charge(known.size()), 0);
        unreferenced.add(blob.digest());
    }

    private Optional<ArtifactRecord> artifact(Digest key) {
        Optional<ArtifactRecord> changed = artifacts.get(key);
        return changed != null ? changed : disk.artifact(key).map(RecordSource.Found::value);
    }

    private List<ManifestEntry> manifest(Digest context) {
        List<ManifestEntry> changed = manifests.get(context);
        return changed != null
                ? changed
                : disk.manifest(context).map(RecordSource.Found::value).orElse(List.of());
    }

    private Optional<BlobRow> blob(Digest digest) {
        Optional<BlobRow> changed = blobs.get(digest);
        return changed != null ? changed : disk.blob(digest);
    }
}
