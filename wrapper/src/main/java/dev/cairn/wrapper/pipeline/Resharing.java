package dev.cairn.wrapper.pipeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.Digest;
import dev.cairn.cache.SharedEntry;
import dev.cairn.remote.RemoteTier;

/** Offers to a remote tier what was found locally, each artifact once: the tier may be younger than the cache. Thread-safe. */
final class Resharing {
    private static final long MOST = 100_000;

    /** What was offered, and to which tier. */
    private record Offered(RemoteTier remote, Digest artifact) {}

    private final Cache<Offered, Boolean> offered =
            Caffeine.newBuilder().executor(Runnable::run).maximumSize(MOST).build();

    void offer(ArtifactCache cache, RemoteTier remote, Recollection found) {
        if (found.isWarmed() || offered.asMap().putIfAbsent(new Offered(remote, found.artifact()), true) != null) {
            return;
        }
        cache.entry(found.context(), found.artifact())
                .ifPresent(entry -> remote.offer(found.context(), SharedEntry.encode(entry), found.artifact()));
    }
}
