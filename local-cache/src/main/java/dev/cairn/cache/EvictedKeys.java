package dev.cairn.cache;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Remembers which artifacts were evicted, up to a number of them, the most recent. Kept in the database alone, as only a
 * miss asks: one row by digest and one by the order of eviction. Writing needs the ledger's lock, asking none.
 */
final class EvictedKeys {
    private static final byte BY_DIGEST = 1;
    private static final byte BY_ORDER = 2;

    private final Database database;
    private final long limit;
    private long next;
    private long oldest;

    EvictedKeys(Database database, long limit) {
        this.database = database;
        this.limit = limit;
        reload();
    }

    /** Reads the positions anew, after the database was replaced. */
    void reload() {
        next = 0;
        oldest = Long.MAX_VALUE;
        database.scan(Table.EVICTED, new byte[] {BY_ORDER}, (key, value) -> {
            long position = ByteBuffer.wrap(key).getLong(1);
            oldest = Math.min(oldest, position);
            next = Math.max(next, position + 1);
            return true;
        });
        oldest = Math.min(oldest, next);
    }

    boolean contains(Digest artifact) {
        return database.get(Table.EVICTED, byDigest(artifact.toBytes())).isPresent();
    }

    /** Adds the rows that remember an artifact, and removes those of the one evicted longest ago, if there are too many. */
    void remember(Batch batch, Digest artifact) {
        byte[] order = byOrder(next++);
        byte[] digest = byDigest(artifact.toBytes());
        batch.put(Table.EVICTED, order, artifact.toBytes()).put(Table.EVICTED, digest, order);
        if (next - oldest > limit) {
            forgetOldest(batch);
        }
    }

    private void forgetOldest(Batch batch) {
        byte[] order = byOrder(oldest++);
        database.get(Table.EVICTED, order).ifPresent(artifact -> {
            byte[] digest = byDigest(artifact);
            boolean evictedAgain = database.get(Table.EVICTED, digest)
                    .filter(last -> !Arrays.equals(last, order))
                    .isPresent();
            if (!evictedAgain) {
                batch.delete(Table.EVICTED, digest);
            }
        });
        batch.delete(Table.EVICTED, order);
    }

    private static byte[] byOrder(long position) {
        return ByteBuffer.allocate(1 + Long.BYTES)
                .put(BY_ORDER)
                .putLong(position)
                .array();
    }

    private static byte[] byDigest(byte[] digest) {
        return ByteBuffer.allocate(1 + digest.length).put(BY_DIGEST).put(digest).array();
    }
}
