package dev.cairn.cache;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Sums over the whole store, written together with every change of it. Immutable.
 *
 * @param artifacts number of artifacts
 * @param blobBytes what all blob files take of the budget
 * @param recordBytes total length of the artifact records and manifest entries, uncompressed
 * @param evictions artifacts evicted since the store was made
 * @param stamp the last stamp that was given to a use
 */
record Totals(long artifacts, long blobBytes, long recordBytes, long evictions, long stamp) {
    static final Totals NONE = new Totals(0, 0, 0, 0, 0);

    /** Key of the totals in {@link Table#META}. */
    static final byte[] KEY = "totals".getBytes(StandardCharsets.US_ASCII);

    Totals plus(long moreArtifacts, long moreBlobBytes, long moreRecordBytes) {
        return new Totals(
                Math.max(0, artifacts + moreArtifacts),
                Math.max(0, blobBytes + moreBlobBytes),
                Math.max(0, recordBytes + moreRecordBytes),
                evictions,
                stamp);
    }

    Totals evicted(long count) {
        return new Totals(artifacts, blobBytes, recordBytes, evictions + count, stamp);
    }

    Totals stamped(long newStamp) {
        return new Totals(artifacts, blobBytes, recordBytes, evictions, Math.max(stamp, newStamp));
    }

    byte[] encode() {
        return new RecordWriter(Table.META, 48)
                .putCount(artifacts)
                .putCount(blobBytes)
                .putCount(recordBytes)
                .putCount(evictions)
                .putCount(stamp)
                .finish(KEY);
    }

    static Optional<Totals> decode(byte[] value) {
        return RecordReader.decode(
                Table.META,
                KEY,
                value,
                reader -> new Totals(
                        reader.takeCount(),
                        reader.takeCount(),
                        reader.takeCount(),
                        reader.takeCount(),
                        reader.takeCount()));
    }
}
