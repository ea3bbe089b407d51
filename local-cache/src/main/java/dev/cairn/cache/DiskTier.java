package dev.cairn.cache;

import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * The rows of the database, decoded. A row that is damaged is absent, and its damage is reported so that it is removed
 * with everything that belongs to it. Thread-safe.
 */
final class DiskTier implements RecordSource {
    private final Database database;
    private final StoreDirectory directory;
    private final Runnable onDamagedRow;

    /** @param onDamagedRow called when a row cannot be decoded; must return quickly */
    DiskTier(Database database, StoreDirectory directory, Runnable onDamagedRow) {
        this.database = database;
        this.directory = directory;
        this.onDamagedRow = onDamagedRow;
    }

    @Override
    public Optional<Found<List<ManifestEntry>>> manifest(Digest context) {
        return read(Table.MANIFESTS, context.toBytes(), ManifestCodec::decode)
                .map(entries -> new Found<>(entries, Tier.DISK));
    }

    @Override
    public Optional<Found<ArtifactRecord>> artifact(Digest key) {
        return read(Table.ARTIFACTS, key.toBytes(), this::decodeArtifact).map(found -> new Found<>(found, Tier.DISK));
    }

    Optional<ArtifactRecord> decodeArtifact(byte[] key, byte[] value) {
        return ArtifactRecord.decode(key, value, directory::blob);
    }

    Optional<BlobRow> blob(Digest digest) {
        return read(Table.BLOBS, digest.toBytes(), BlobRow::decode);
    }

    Optional<LastUse> lastUse(Digest artifact) {
        return read(Table.RECENCY, artifact.toBytes(), LastUse::decode);
    }

    /** Decodes a row that a scan has found. */
    Optional<LastUse> decodeLastUse(byte[] key, byte[] value) {
        return reported(LastUse.decode(key, value));
    }

    Optional<Totals> totals() {
        return read(Table.META, Totals.KEY, (key, value) -> Totals.decode(value));
    }

    private <T> Optional<T> read(Table table, byte[] key, BiFunction<byte[], byte[], Optional<T>> decoder) {
        Optional<byte[]> value = database.get(table, key);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        return reported(decoder.apply(key, value.get()));
    }

    private <T> Optional<T> reported(Optional<T> decoded) {
        if (decoded.isEmpty()) {
            onDamagedRow.run();
        }
        return decoded;
    }
}
