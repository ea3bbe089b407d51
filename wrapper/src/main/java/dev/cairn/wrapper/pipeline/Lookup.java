package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.Digest;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.cache.PinnedArtifact;
import dev.cairn.wrapper.pipeline.MissReason.Finding;
import java.util.Optional;

/** Phase: finds an entry of the context's manifest whose inputs all hold, and its artifact. Thread-safe. */
final class Lookup {
    private final Verifier verifier;

    Lookup(Verifier verifier) {
        this.verifier = verifier;
    }

    /** What a lookup found. */
    sealed interface Result {
        /** A verified answer; the artifact is pinned and must be closed. */
        record Found(PinnedArtifact artifact, Recollection recollection) implements Result {}

        /** None. */
        record Missed(Finding finding) implements Result {}
    }

    /**
     * Looks a context up.
     *
     * @param past artifact of the last compilation of the same output: its entry is the one that a miss is explained by
     */
    Result find(ArtifactCache cache, Context context, Digest key, Optional<Digest> past) {
        Finding finding = new Finding.NoEntry();
        for (ManifestEntry entry : cache.manifest(key)) {
            Result result = tryEntry(cache, context, key, entry);
            if (result instanceof Result.Found) {
                return result;
            }
            boolean telling = past.filter(entry.artifact()::equals).isPresent();
            boolean first = finding instanceof Finding.NoEntry || finding instanceof Finding.Elsewhere;
            if (result instanceof Result.Missed(Finding why) && (telling || first)) {
                finding = why;
            }
        }
        return new Result.Missed(finding);
    }

    private Result tryEntry(ArtifactCache cache, Context context, Digest key, ManifestEntry stored) {
        boolean bound = !stored.bound().isEmpty();
        if (bound && !stored.bound().equals(context.roots().identity())) {
            return new Result.Missed(new Finding.Elsewhere(stored.bound().strip()));
        }
        ManifestEntry entry = context.here(stored);
        return switch (verifier.judge(context, entry)) {
            case Verifier.Verdict.Changed(String path) -> new Result.Missed(new Finding.Changed(path));
            case Verifier.Verdict.Shadowed(String path) -> new Result.Missed(new Finding.Shadowed(path));
            case Verifier.Verdict.Broken(ManifestEntry.Condition condition) ->
                new Result.Missed(new Finding.Broken(condition));
            case Verifier.Verdict.Holds(InputSet inputs) ->
                cache.pin(key, entry.artifact())
                        .<Result>map(artifact -> new Result.Found(
                                artifact,
                                new Recollection(
                                        context.compilation(),
                                        inputs,
                                        entry.conditions(),
                                        context.mapping().notes(),
                                        bound ? Roots.NONE : context.roots(),
                                        key,
                                        entry.artifact())))
                        .orElseGet(() -> new Result.Missed(new Finding.Gone(cache.wasEvicted(entry.artifact()))));
        };
    }
}
