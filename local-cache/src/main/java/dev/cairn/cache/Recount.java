package dev.cairn.cache;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Counts references and totals anew from the artifact records, which alone are believed. Not thread-safe; made and used
 * under the ledger's lock.
 */
final class Recount {
    private static final byte[] EVERYTHING = new byte[0];

    private final Database database;
    private final DiskTier disk;
    private final Batch corrections = new Batch();
    private final Set<Digest> artifacts = new HashSet<>();
    private final Map<Digest, BlobRow> blobs = new HashMap<>();
    private Totals totals;

    Recount(Database database, DiskTier disk, Totals before) {
        this.database = database;
        this.disk = disk;
        this.totals = new Totals(0, 0, 0, before.evictions(), before.stamp());
    }

    /**
     * Returns the corrections.
     *
     * @param stamp time of use of artifacts whose time of use is lost
     */
    Batch run(long stamp) {
        database.scan(Table.ARTIFACTS, EVERYTHING, (key, value) -> countArtifact(key, value, stamp));
        database.scan(Table.RECENCY, EVERYTHING, (key, value) -> checkUse(key));
        database.scan(Table.BLOBS, EVERYTHING, this::checkBlob);
        blobs.forEach((digest, row) -> {
            totals = totals.plus(0, BlobRow.charge(row.size()), 0);
            byte[] key = digest.toBytes();
            if (!disk.blob(digest).equals(Optional.of(row))) {
                corrections.put(Table.BLOBS, key, row.encode(key));
            }
        });
        database.scan(Table.MANIFESTS, EVERYTHING, this::checkManifest);
        return corrections.put(Table.META, Totals.KEY, totals.encode());
    }

    Totals totals() {
        return totals;
    }

    private boolean countArtifact(byte[] key, byte[] value, long stamp) {
        Optional<ArtifactRecord> decoded = isDigest(key) ? disk.decodeArtifact(key, value) : Optional.empty();
        if (decoded.isEmpty()) {
            corrections.delete(Table.ARTIFACTS, key);
            return true;
        }
        ArtifactRecord artifact = decoded.get();
        Digest digest = Digest.read(key, 0);
        artifacts.add(digest);
        Optional<LastUse> known = disk.lastUse(digest);
        long recordBytes =
                Math.max(value.length, known.map(LastUse::recordBytes).orElse(0L));
        totals = totals.plus(1, 0, recordBytes);
        for (BlobReference blob : artifact.blobs()) {
            blobs.merge(
                    blob.digest(),
                    new BlobRow(1, blob.size(), blob.signature()),
                    (row, one) -> new BlobRow(row.references() + 1, row.size(), row.signature()));
        }
        LastUse use = new LastUse(known.map(LastUse::stamp).orElse(stamp), artifact.blobCharge(), recordBytes);
        corrections.put(Table.RECENCY, key, use.encode(key));
        return true;
    }

    private boolean checkUse(byte[] key) {
        if (!isDigest(key) || !artifacts.contains(Digest.read(key, 0))) {
            corrections.delete(Table.RECENCY, key);
        }
        return true;
    }

    private boolean checkBlob(byte[] key, byte[] value) {
        if (!isDigest(key) || !blobs.containsKey(Digest.read(key, 0))) {
            corrections.delete(Table.BLOBS, key);
        }
        return true;
    }

    private boolean checkManifest(byte[] key, byte[] value) {
        Optional<List<ManifestEntry>> decoded = isDigest(key) ? ManifestCodec.decode(key, value) : Optional.empty();
        List<ManifestEntry> entries = decoded.orElse(List.of());
        List<ManifestEntry> leadingSomewhere = entries.stream()
                .filter(entry -> artifacts.contains(entry.artifact()))
                .toList();
        if (leadingSomewhere.isEmpty()) {
            corrections.delete(Table.MANIFESTS, key);
        } else if (leadingSomewhere.size() < entries.size()) {
            corrections.put(Table.MANIFESTS, key, ManifestCodec.encode(key, leadingSomewhere));
        }
        return true;
    }

    private static boolean isDigest(byte[] key) {
        return key.length == Digest.LENGTH;
    }
}
