package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.cache.PinnedArtifact;
import dev.cairn.cache.SharedEntry;
import dev.cairn.remote.FetchedArtifact;
import dev.cairn.remote.RemoteEntry;
import dev.cairn.remote.RemoteUrl;
import dev.cairn.remote.SessionRecord;
import dev.cairn.wrapper.config.RemoteOptions;
import dev.cairn.wrapper.pipeline.Lookup.Judgement.Held;
import java.io.IOException;
import java.util.List;
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

    /** Returns an answer of the shelf, verified. */
    Optional<Lookup.Result.Found> find(ArtifactCache cache, RemoteOptions options, Context context, Digest key) {
        Digest shelf = shelf(options, key);
        for (ManifestEntry entry : cache.manifest(shelf)) {
            RemoteEntry claimed = new RemoteEntry(entry.artifact(), SharedEntry.encode(entry));
            Optional<ManifestEntry> ours = Claims.read(context, key, claimed);
            if (ours.isPresent() && lookup.judge(context, key, shelf, ours.get()) instanceof Held held) {
                Optional<PinnedArtifact> artifact = cache.pin(shelf, entry.artifact());
                if (artifact.isPresent()) {
                    return Optional.of(new Lookup.Result.Found(
                            artifact.get(), held.recollection(), artifact.get().tier()));
                }
            }
        }
        return Optional.empty();
    }

    /** Whether the local cache lacks what an earlier build used. */
    static boolean lacks(ArtifactCache cache, RemoteOptions options, SessionRecord.Use use) {
        List<Digest> shelves = List.of(use.context(), shelf(options, use.context()));
        boolean known = shelves.stream()
                .flatMap(shelf -> cache.manifest(shelf).stream())
                .anyMatch(entry -> entry.artifact().equals(use.artifact()));
        if (!known) {
            return true;
        }
        Optional<PinnedArtifact> artifact = cache.pin(use.context(), use.artifact());
        artifact.ifPresent(PinnedArtifact::close);
        return artifact.isEmpty();
    }

    /** Puts on the shelf what came; returns whether it lies there now. */
    static boolean take(ArtifactCache cache, RemoteOptions options, SessionRecord.Use use, FetchedArtifact fetched) {
        Optional<ManifestEntry> entry = SharedEntry.decode(use.entry())
                .filter(decoded -> decoded.artifact().equals(use.artifact()));
        if (entry.isEmpty()) {
            return false;
        }
        try {
            return cache.store(shelf(options, use.context()), entry.get(), RemoteLookup.received(fetched))
                    instanceof ArtifactCache.StoreResult.Stored;
        } catch (IOException e) {
            return false;
        }
    }
}
