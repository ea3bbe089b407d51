package dev.cairn.cache;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects times of use in memory, so that a hit writes nothing, and hands them to the ledger from time to time. What
 * was not handed over when the process is killed is lost, no more. Thread-safe.
 */
final class Recency {
    private static final Logger LOG = LoggerFactory.getLogger(Recency.class);

    private final Ledger ledger;
    private final MemoryTier memory;
    private final ConcurrentMap<Digest, Long> stamps = new ConcurrentHashMap<>();
    private final ConcurrentMap<Digest, Digest> promoted = new ConcurrentHashMap<>();

    Recency(Ledger ledger, MemoryTier memory) {
        this.ledger = ledger;
        this.memory = memory;
    }

    /** Notes a use now. */
    void use(Digest context, Digest artifact) {
        stamps.put(artifact, ledger.stamp());
        if (memory.promote(context, artifact)) {
            promoted.put(context, artifact);
        }
    }

    /** Whether an artifact was used since the last flush. */
    boolean isInUse(Digest artifact) {
        return stamps.containsKey(artifact);
    }

    /** Writes the uses noted so far. */
    void flush() {
        Map<Digest, Long> newStamps = drain(stamps);
        Map<Digest, Digest> newPromoted = drain(promoted);
        if (newStamps.isEmpty() && newPromoted.isEmpty()) {
            return;
        }
        try {
            ledger.touch(newStamps, newPromoted);
        } catch (IOException e) {
            LOG.warn("cannot record times of use: {}", e.toString());
        }
    }

    private static <V> Map<Digest, V> drain(ConcurrentMap<Digest, V> from) {
        Map<Digest, V> drained = new HashMap<>();
        from.forEach((key, value) -> {
            if (from.remove(key, value)) {
                drained.put(key, value);
            }
        });
        return drained;
    }
}
