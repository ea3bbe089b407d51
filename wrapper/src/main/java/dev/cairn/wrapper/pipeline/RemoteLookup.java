package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.ArtifactCache.StoreResult;
import dev.cairn.cache.Digest;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.cache.NewArtifact;
import dev.cairn.cache.NewArtifact.NewOutput;
import dev.cairn.cache.Tier;
import dev.cairn.remote.Deadline;
import dev.cairn.remote.FetchedArtifact;
import dev.cairn.remote.RemoteAnswer;
import dev.cairn.remote.RemoteEntry;
import dev.cairn.remote.RemoteTier;
import dev.cairn.wrapper.pipeline.Lookup.Judgement.Held;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Phase: asks the remote tier for what the local ones do not have, and takes what it says into the local cache. Nothing that
 * it says is believed: its entries are claims that are judged like local ones. Thread-safe.
 */
final class RemoteLookup {
    /**
     * All compilations are one build as to how long is waited in all, until none came for a while. A daemon cannot tell builds
     * apart for sure, and the bound must hold for each.
     */
    static final String BUILD = "build";

    /** Of output that stands for a file and is kept in memory. */
    private static final long LARGEST_TEXT = 8 << 20;

    private final Lookup lookup;

    RemoteLookup(Lookup lookup) {
        this.lookup = lookup;
    }

    /** What became of it. */
    sealed interface Result {
        /** The store has an answer, which came when it was wanted no longer. */
        Result LATE = new Unavailable("remote-late");

        /** An answer, which is now in the local cache too. */
        record Found(Lookup.Result.Found answer) implements Result {}

        /** The store has nothing that fits; {@code line} is for a person. */
        record Absent(String line) implements Result {}

        /** It could not say; {@code reason} is a word for statistics. */
        record Unavailable(String reason) implements Result {}
    }

    /**
     * Asks.
     *
     * @param key the context's
     * @param local what was found locally
     * @param deadline until when this may take
     * @param wanted whether an answer is still wanted; asked between the steps
     */
    Result find(
            ArtifactCache cache,
            RemoteTier remote,
            Deadline deadline,
            BooleanSupplier wanted,
            Context context,
            Digest key,
            Lookup.Result.Missed local) {
        if (local.held().isPresent()) {
            Result fetched = fetch(cache, remote, deadline, wanted, local.held().get());
            if (!(fetched instanceof Result.Absent)) {
                return fetched;
            }
        }
        long begin = System.nanoTime();
        return switch (remote.manifest(BUILD, key, deadline)) {
            case RemoteAnswer.Absent<List<RemoteEntry>> absent -> new Result.Absent("it has no entry");
            case RemoteAnswer.Unavailable<List<RemoteEntry>>(String reason) -> new Result.Unavailable(reason);
            case RemoteAnswer.Found<List<RemoteEntry>>(List<RemoteEntry> entries) -> {
                long end = System.nanoTime();
                Result result = first(cache, remote, deadline, wanted, context, key, entries);
                if (!(result instanceof Result.Found)) {
                    remote.budgets().chargeUseless(BUILD, deadline, begin, end);
                }
                yield result;
            }
        };
    }

    private Result first(
            ArtifactCache cache,
            RemoteTier remote,
            Deadline deadline,
            BooleanSupplier wanted,
            Context context,
            Digest key,
            List<RemoteEntry> entries) {
        List<Digest> known =
                cache.manifest(key).stream().map(ManifestEntry::artifact).toList();
        Result result = new Result.Absent("none of its entries fits the files here");
        for (RemoteEntry claimed : entries) {
            Optional<ManifestEntry> entry =
                    known.contains(claimed.artifact()) ? Optional.empty() : Claims.read(context, key, claimed);
            if (entry.isPresent() && lookup.judge(context, key, key, entry.get()) instanceof Held held) {
                result = fetch(cache, remote, deadline, wanted, held);
                if (!(result instanceof Result.Absent)) {
                    return result;
                }
            }
        }
        return result;
    }

    private static Result fetch(
            ArtifactCache cache, RemoteTier remote, Deadline deadline, BooleanSupplier wanted, Held held) {
        if (!wanted.getAsBoolean()) {
            return Result.LATE;
        }
        return switch (remote.artifact(BUILD, held.stored().artifact(), deadline)) {
            case RemoteAnswer.Absent<FetchedArtifact> absent -> new Result.Absent("its artifact is gone");
            case RemoteAnswer.Unavailable<FetchedArtifact>(String reason) -> new Result.Unavailable(reason);
            case RemoteAnswer.Found<FetchedArtifact>(FetchedArtifact fetched) -> {
                try (fetched) {
                    yield wanted.getAsBoolean() ? take(cache, held, fetched) : Result.LATE;
                }
            }
        };
    }

    private static Result take(ArtifactCache cache, Held held, FetchedArtifact fetched) {
        Recollection known = held.recollection();
        List<String> roles =
                fetched.outputs().stream().map(FetchedArtifact.Output::role).toList();
        if (!Roles.areAll(known.target(), roles)) {
            return new Result.Unavailable("remote-unfit");
        }
        try {
            StoreResult stored = cache.store(known.context(), held.stored(), received(fetched));
            if (stored instanceof StoreResult.Refused) {
                return new Result.Unavailable("remote-not-stored");
            }
        } catch (IOException e) {
            return new Result.Unavailable("remote-not-stored");
        }
        return cache.pin(known.context(), known.artifact())
                .<Result>map(pinned -> new Result.Found(new Lookup.Result.Found(pinned, known, Tier.REMOTE)))
                .orElseGet(() -> new Result.Unavailable("remote-not-stored"));
    }

    /**
     * Returns a fetched artifact as the local cache takes it in: what stands for a file as bytes.
     *
     * @throws IOException when it can't be read, or is too large to be held in memory
     */
    static NewArtifact received(FetchedArtifact fetched) throws IOException {
        List<NewOutput> outputs = new ArrayList<>();
        for (FetchedArtifact.Output output : fetched.outputs()) {
            if (output.role().equals(Roles.RULES)) {
                if (output.size() > LARGEST_TEXT) {
                    throw new IOException("too large: " + output.size());
                }
                outputs.add(new NewOutput.Text(output.role(), Files.readAllBytes(output.file())));
            } else {
                outputs.add(new NewOutput.Written(output.role(), output.file().toString()));
            }
        }
        return new NewArtifact(outputs, fetched.stdout(), fetched.stderr());
    }
}
