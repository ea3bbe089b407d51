package dev.cairn.cache;

import java.util.Optional;

/**
 * When an artifact was last used and what it takes. Immutable.
 *
 * @param stamp milliseconds since 1970 on a clock that never stands still, so that stamps order all uses
 * @param blobBytes what its blobs take of the budget, as if it shared none of them
 * @param recordBytes what its record and its manifest entry take, uncompressed
 */
record LastUse(long stamp, long blobBytes, long recordBytes) {
    LastUse at(long newStamp) {
        return new LastUse(newStamp, blobBytes, recordBytes);
    }

    byte[] encode(byte[] key) {
        return new RecordWriter(Table.RECENCY, 32)
                .putCount(stamp)
                .putCount(blobBytes)
                .putCount(recordBytes)
                .finish(key);
    }

    static Optional<LastUse> decode(byte[] key, byte[] value) {
        return RecordReader.decode(
                Table.RECENCY,
                key,
                value,
                reader -> new LastUse(reader.takeCount(), reader.takeCount(), reader.takeCount()));
    }
}
