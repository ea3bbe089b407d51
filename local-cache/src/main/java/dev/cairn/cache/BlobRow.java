package dev.cairn.cache;

import java.util.Optional;

/**
 * What the database knows of a blob. Immutable.
 *
 * @param references how many artifacts have it among their outputs, at least 1
 * @param size in bytes
 * @param signature of its file as it was stored, or last checked against its digest
 */
record BlobRow(long references, long size, FileSignature signature) {
    private static final long BLOCK = 4096;

    /** Returns what a file of this size takes of the budget: whole blocks, as on most file systems. */
    static long charge(long size) {
        return Math.max(1, Math.ceilDiv(size, BLOCK)) * BLOCK;
    }

    byte[] encode(byte[] key) {
        return new RecordWriter(Table.BLOBS, 80)
                .putCount(references)
                .putCount(size)
                .putSignature(signature)
                .finish(key);
    }

    static Optional<BlobRow> decode(byte[] key, byte[] value) {
        return RecordReader.decode(
                Table.BLOBS,
                key,
                value,
                reader -> new BlobRow(reader.takeCount(), reader.takeCount(), reader.takeSignature()));
    }
}
