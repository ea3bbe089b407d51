package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.cache.PinnedArtifact;
import dev.cairn.cache.SharedEntry;
import dev.cairn.remote.FetchedArtifact;
import dev.cairn.remote.RemoteUrl;
import dev.cairn.remote.SessionRecord;
import dev.cairn.wrapper.config.RemoteOptions;
import dev.cairn.wrapper.pipeline.Lookup.Judgement.Held;
import java.io.IOException;
import java.util.Optional;

/**
 * What a warm-up brought into the local cache before any compilation asked for it. There was nothing then to judge an entry
 * by, so it lies on a shelf of its own, where no other lookup finds it, and stays the claim of another machine: each is judged
 * when it is taken from there. Thread-safe.
 */
final class Warmed {
    private final Lookup lookup;

    Warmed(Lookup lookup) {
        this.lookup = lookup;
    }

    /** What was believed under other settings is not found under these. */
    private static Digest shelf(RemoteOptions options, Digest context) {
        return Hasher.of("warmed")
                .put(options.url().map(RemoteUrl::toString).orElse(""))
                .put(options.namespace())
                .putAll(options.effectiveReadScopes())
                .putAll(options.keys())
                .put(context)
                .finish();
    }

    /** Artifacts are kept by key alone: under its own, one of the shelf would take the place of what was compiled here. */
    private static Digest own(Digest shelf, Digest artifact) {
        return Hasher.of("warmed artifact").put(shelf).put(artifact).finish();
    }

    /** Returns an answer of the shelf, verified. */
    Optional<Lookup.Result.Found> find(ArtifactCache cache, RemoteOptions options, Context context, Digest key) {
        Digest shelf = shelf(options, key);
        for (ManifestEntry entry : cache.manifest(shelf)) {
            if (isOurs(context, key, shelf, entry) && lookup.judge(context, key, shelf, entry) instanceof Held held) {
                Optional<PinnedArtifact> artifact = cache.pin(shelf, entry.artifact());
                if (artifact.isPresent()) {
                    return Optional.of(new Lookup.Result.Found(
                            artifact.get(), held.recollection(), artifact.get().tier()));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isOurs(Context context, Digest key, Digest shelf, ManifestEntry entry) {
        return Claims.artifact(context, key, entry)
                .filter(artifact -> own(shelf, artifact).equals(entry.artifact()))
                .isPresent();
    }

    /** Whether the local cache lacks what an earlier build used. */
    static boolean lacks(ArtifactCache cache, RemoteOptions options, SessionRecord.Use use) {
        Digest shelf = shelf(options, use.context());
        return !cache.contains(use.context(), use.artifact()) && !cache.contains(shelf, own(shelf, use.artifact()));
    }

    /** Puts on the shelf what came; returns whether it lies there now. */
    static boolean take(
            ArtifactCache cache,
            RemoteOptions options,
            Preparation.Once preparation,
            SessionRecord.Use use,
            byte[] entry,
            FetchedArtifact fetched) {
        Digest shelf = shelf(options, use.context());
        Optional<ManifestEntry> claim = SharedEntry.decode(entry)
                .filter(decoded -> decoded.artifact().equals(use.artifact()))
                .map(decoded -> decoded.leadingTo(own(shelf, use.artifact()), decoded.bound()));
        claim.ifPresent(preparation::of);
        try {
            return claim.isPresent()
                    && cache.store(shelf, claim.get(), RemoteLookup.received(fetched))
                            instanceof ArtifactCache.StoreResult.Stored;
        } catch (IOException e) {
            return false;
        }
    }
}
