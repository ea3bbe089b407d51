package dev.cairn.cache;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the store back below its budget: first the database gives back what it does not need, then the artifacts that
 * were not used for longest go, until a tenth of the budget is free. Run by one thread at a time.
 */
final class Eviction {
    private static final Logger LOG = LoggerFactory.getLogger(Eviction.class);
    private static final long MEBIBYTE = 1 << 20;
    private static final int ROUNDS = 8;
    private static final int BATCH = 64;

    /** Bits of a packed use that hold the artifact's size in KiB; the upper ones hold its time. */
    private static final int SIZE_BITS = 24;

    private static final long SIZE_MASK = (1L << SIZE_BITS) - 1;

    private final Ledger ledger;
    private final Recency recency;
    private final Database database;
    private final DiskTier disk;
    private final Space space;
    private long removedBeforeCompaction;

    Eviction(Ledger ledger, Recency recency, Database database, DiskTier disk, Space space) {
        this.ledger = ledger;
        this.recency = recency;
        this.database = database;
        this.disk = disk;
        this.space = space;
    }

    /** Evicts until the store is within its budget or nothing is left to evict. */
    void run() throws IOException {
        space.measure();
        if (!space.isExceeded()) {
            return;
        }
        recency.flush();
        boundRecords();
        if (space.garbage() > Math.max(MEBIBYTE, space.surplus())) {
            compact();
        }
        boolean fruitful = true;
        for (int round = 0; round < ROUNDS && fruitful && space.isExceeded(); round++) {
            fruitful = evictOldest(space.surplus());
            space.measure();
            compactIfWorthwhile();
            space.afterEviction(fruitful);
        }
        space.wakeStores();
    }

    /** File states and history are kept for speed alone; when they grow beyond an eighth of the budget they go. */
    private void boundRecords() throws IOException {
        if (database.liveBytes(Table.RECORDS) > Math.max(4 * MEBIBYTE, space.budget() / 8)) {
            LOG.info("dropping file states and history, which outgrew their share of the budget");
            database.write(StoredRecords.dropReplaceable(new Batch()));
            compact();
        }
    }

    /**
     * The rows of evicted artifacts take space until they are compacted away. That is done when there are many, and
     * before more artifacts go because of them.
     */
    private void compactIfWorthwhile() throws IOException {
        long removed = ledger.removedRecordBytes() - removedBeforeCompaction;
        if (removed > Math.max(MEBIBYTE, space.budget() / 5) || (removed > 0 && space.isExceeded())) {
            compact();
        }
    }

    private void compact() throws IOException {
        removedBeforeCompaction = ledger.removedRecordBytes();
        database.compact();
        space.measure();
    }

    /**
     * Evicts what was not used for longest.
     *
     * @param surplus bytes to free
     * @return whether there was anything to evict
     */
    private boolean evictOldest(long surplus) throws IOException {
        long[] uses = packedUses();
        if (uses.length == 0) {
            return false;
        }
        Arrays.sort(uses);
        long freed = 0;
        int count = 0;
        while (count < uses.length && freed < surplus) {
            freed += (uses[count] & SIZE_MASK) << 10;
            count++;
        }
        List<Digest> victims = usedNoLaterThan(uses[count - 1] >>> SIZE_BITS);
        boolean any = false;
        for (int from = 0; from < victims.size(); from += BATCH) {
            List<Digest> batch = victims.subList(from, Math.min(from + BATCH, victims.size())).stream()
                    .filter(victim -> !recency.isInUse(victim))
                    .toList();
            any |= !batch.isEmpty();
            ledger.evict(batch);
        }
        return any;
    }

    /** Returns one number per artifact, so that a million of them take 8 MB: time of use above, size in KiB below. */
    private long[] packedUses() {
        long[][] uses = {new long[1024]};
        int[] count = {0};
        database.scan(Table.RECENCY, new byte[0], (key, value) -> {
            disk.decodeLastUse(key, value).ifPresent(use -> {
                if (count[0] == uses[0].length) {
                    uses[0] = Arrays.copyOf(uses[0], count[0] * 2);
                }
                uses[0][count[0]++] = pack(use);
            });
            return true;
        });
        return Arrays.copyOf(uses[0], count[0]);
    }

    private static long pack(LastUse use) {
        long kibibytes = Math.ceilDiv(use.blobBytes() + use.recordBytes(), 1024);
        return time(use) << SIZE_BITS | Math.min(kibibytes, SIZE_MASK);
    }

    /** Returns the stamp counted from September 2020 in 39 bits, which last until 2038. */
    private static long time(LastUse use) {
        return Math.clamp(use.stamp() - 1_600_000_000_000L, 0L, (1L << 39) - 1);
    }

    private List<Digest> usedNoLaterThan(long time) {
        List<Digest> victims = new ArrayList<>();
        database.scan(Table.RECENCY, new byte[0], (key, value) -> {
            if (key.length == Digest.LENGTH
                    && disk.decodeLastUse(key, value)
                            .filter(use -> time(use) <= time)
                            .isPresent()) {
                victims.add(Digest.read(key, 0));
            }
            return true;
        });
        return victims;
    }
}
