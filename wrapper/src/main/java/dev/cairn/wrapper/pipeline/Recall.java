package dev.cairn.wrapper.pipeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.cairn.cache.Digest;
import java.util.Optional;

/** Phase: remembers the last verified answer to each invocation as written. In memory only. Thread-safe. */
final class Recall {
    /** Files and directories remembered in all; each costs about eight bytes. */
    private static final long MOST_INPUTS = 3_000_000;

    private static final int ENTRY = 30;

    private final Cache<Digest, Recollection> known = Caffeine.newBuilder()
            .executor(Runnable::run)
            .maximumWeight(MOST_INPUTS)
            .weigher((Digest key, Recollection value) -> ENTRY + value.inputs().size())
            .build();

    /** Returns what is remembered if everything that it rests on still holds. */
    Optional<Recollection> of(Digest requestKey) {
        Recollection recollection = known.getIfPresent(requestKey);
        return recollection != null && recollection.inputs().holds() ? Optional.of(recollection) : Optional.empty();
    }

    void remember(Digest requestKey, Recollection recollection) {
        known.put(requestKey, recollection);
    }

    void clear() {
        known.invalidateAll();
    }
}
