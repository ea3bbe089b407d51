package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.Digest;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.cache.PinnedArtifact;
import dev.cairn.cache.Tier;
import dev.cairn.wrapper.pipeline.MissReason.Finding;
import java.util.Optional;

/** Phase: finds an entry of the context's manifest whose inputs all hold, and its artifact. Thread-safe. */
final class Lookup {
    private final Verifier verifier;
    private final Intake intake;

    Lookup(Verifier verifier, Intake intake) {
        this.verifier = verifier;
        this.intake = intake;
    }

    /** What a lookup found. */
    sealed interface Result {
        /** A verified answer; the artifact is pinned and must be closed. */
        record Found(PinnedArtifact artifact, Recollection recollection, Tier tier) implements Result {}

        /** None; {@code held} is an entry that holds and whose artifact is gone. */
        record Missed(Finding finding, Optional<Judgement.Held> held) implements Result {}
    }

    /** What one entry is worth here and now. */
    sealed interface Judgement {
        /** It holds; {@code stored} has the paths that it has in every checkout. */
        record Held(ManifestEntry stored, Recollection recollection) implements Judgement {}

        /** It does not. */
        record Refuted(Finding finding) implements Judgement {}
    }

    /**
     * Looks a context up.
     *
     * @param past artifact of the last compilation of the same output: its entry is the one that a miss is explained by
     */
    Result find(ArtifactCache cache, Context context, Digest key, Optional<Digest> past) {
        intake.await(key);
        Finding finding = new Finding.NoEntry();
        Optional<Judgement.Held> gone = Optional.empty();
        for (ManifestEntry entry : cache.manifest(key)) {
            Finding why;
            switch (judge(context, key, key, entry)) {
                case Judgement.Held held -> {
                    Optional<PinnedArtifact> artifact = cache.pin(key, entry.artifact());
                    if (artifact.isPresent()) {
                        return new Result.Found(
                                artifact.get(),
                                held.recollection(),
                                artifact.get().tier());
                    }
                    gone = Optional.of(held);
                    why = new Finding.Gone(cache.wasEvicted(entry.artifact()));
                }
                case Judgement.Refuted(Finding found) -> why = found;
            }
            boolean telling = past.filter(entry.artifact()::equals).isPresent();
            boolean first = finding instanceof Finding.NoEntry || finding instanceof Finding.Elsewhere;
            if (telling || first) {
                finding = why;
            }
        }
        return new Result.Missed(finding, gone);
    }

    /**
     * Judges an entry, with the paths that it has in every checkout.
     *
     * @param shelf what it is, or will be, kept under
     */
    Judgement judge(Context context, Digest key, Digest shelf, ManifestEntry stored) {
        boolean bound = !stored.bound().isEmpty();
        if (bound && !stored.bound().equals(context.roots().identity())) {
            return new Judgement.Refuted(new Finding.Elsewhere(stored.bound().strip()));
        }
        ManifestEntry entry = context.here(stored);
        return switch (verifier.judge(context, entry)) {
            case Verifier.Verdict.Changed(String path) -> new Judgement.Refuted(new Finding.Changed(path));
            case Verifier.Verdict.Shadowed(String path) -> new Judgement.Refuted(new Finding.Shadowed(path));
            case Verifier.Verdict.Broken(ManifestEntry.Condition condition) ->
                new Judgement.Refuted(new Finding.Broken(condition));
            case Verifier.Verdict.Holds(InputSet inputs) ->
                new Judgement.Held(
                        stored,
                        new Recollection(
                                Target.of(context.compilation()),
                                inputs,
                                entry.conditions(),
                                context.mapping().notes(),
                                bound ? Roots.NONE : context.roots(),
                                key,
                                shelf,
                                entry.artifact()));
        };
    }
}
