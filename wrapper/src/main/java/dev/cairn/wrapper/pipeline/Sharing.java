package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.Digest;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.cache.Records;
import dev.cairn.cache.SharedEntry;
import dev.cairn.cache.Tier;
import dev.cairn.remote.Deadline;
import dev.cairn.remote.RemoteTier;
import dev.cairn.wrapper.config.RemoteOptions;
import dev.cairn.wrapper.config.Settings;
import dev.cairn.wrapper.events.Statistics;
import dev.cairn.wrapper.protocol.Request;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What requests have to do with the remote tier that their settings name, if any. Thread-safe. */
final class Sharing implements AutoCloseable {
    private final RemoteSource remotes;
    private final RemoteLookup lookup;
    private final Statistics statistics;
    private final Resharing resharing = new Resharing();
    private final Sessions sessions = new Sessions();
    private final Prefetch prefetch;
    private final Warmed warmed;

    Sharing(RemoteSource remotes, RemoteLookup lookup, Warmed warmed, Prefetch prefetch, Statistics statistics) {
        this.remotes = remotes;
        this.lookup = lookup;
        this.warmed = warmed;
        this.prefetch = prefetch;
        this.statistics = statistics;
    }

    /** What became of a question. */
    sealed interface Reply {
        /** Nothing was found; {@code line} says why, for a person, when something was asked. */
        record Nothing(Optional<String> line) implements Reply {}

        /** The answer, which is now in the local cache too. */
        record Found(Lookup.Result.Found answer) implements Reply {}

        /** The remote has not answered yet; who has it ends the race. */
        record Open(Race race) implements Reply {}
    }

    /**
     * To be told of a request that has to be looked up: where nothing is cached the store will have to be asked, and the tier
     * is opened while it is found out what for. Elsewhere that would be in the way of a local answer.
     */
    void expect(ArtifactCache cache, Settings settings, Request request) {
        if (settings.remote().mode().reads() && cache.usage().artifacts() == 0) {
            remotes.prepare(settings, request.environment());
        }
    }

    /**
     * Asks for what was not found locally, and counts how that went.
     *
     * @param key the context's
     * @param alone whether nothing else is asked for by the same command
     */
    Reply find(
            ArtifactCache cache,
            Settings settings,
            Context context,
            Digest key,
            Lookup.Result.Missed missed,
            boolean alone) {
        RemoteOptions options = settings.remote();
        if (options.url().isEmpty() || !options.mode().reads()) {
            return new Reply.Nothing(Optional.empty());
        }
        Optional<Lookup.Result.Found> waiting = warmed.find(cache, options, context, key);
        if (waiting.isPresent()) {
            return new Reply.Found(waiting.get());
        }
        return remotes.of(settings, context.request().environment())
                .map(remote -> ask(cache, settings, remote, context, key, missed, alone))
                .orElseGet(() -> new Reply.Nothing(Optional.empty()));
    }

    private Reply ask(
            ArtifactCache cache,
            Settings settings,
            RemoteTier remote,
            Context context,
            Digest key,
            Lookup.Result.Missed missed,
            boolean alone) {
        Duration timeout = settings.remote().timeout();
        boolean races = alone && settings.remote().headStart().compareTo(timeout) < 0 && Race.isPossible(context);
        Duration headStart = remote.budgets().within(settings.remote().headStart(), RemoteLookup.BUILD);
        Deadline deadline = races ? Deadline.in(timeout, headStart) : Deadline.in(timeout);
        Race race = new Race(this::count);
        Supplier<RemoteLookup.Result> question = () -> {
            RemoteLookup.Result result =
                    lookup.find(cache, remote, deadline, () -> !race.isOver(), context, key, missed);
            if (result instanceof RemoteLookup.Result.Found || result.equals(RemoteLookup.Result.LATE)) {
                prefetch.found(cache, settings, remote, context.request());
            }
            return result;
        };
        statistics.count("remote/lookups");
        Optional<RemoteLookup.Result> result =
                races ? race.ask(question, headStart) : Optional.of(race.counted(question.get()));
        return result.map(Sharing::told).orElseGet(() -> new Reply.Open(race));
    }

    private void count(RemoteLookup.Result result) {
        switch (result) {
            case RemoteLookup.Result.Found found -> statistics.count("remote/hits");
            case RemoteLookup.Result.Absent absent -> statistics.count("remote/absent");
            case RemoteLookup.Result.Unavailable(String reason) -> statistics.count("remote_errors/" + reason);
        }
    }

    private static Reply told(RemoteLookup.Result result) {
        return switch (result) {
            case RemoteLookup.Result.Found(Lookup.Result.Found answer) -> new Reply.Found(answer);
            case RemoteLookup.Result.Absent(String line) -> new Reply.Nothing(Optional.of("remote: " + line));
            case RemoteLookup.Result.Unavailable(String reason) ->
                new Reply.Nothing(Optional.of("remote: no answer: " + reason));
        };
    }

    /** Returns the record of the upload of what is about to be stored, and then offered; to be stored with it. */
    Optional<Records.Entry> upload(Settings settings, Request request, Digest context, ManifestEntry entry) {
        return remotes.opened(settings, request.environment())
                .flatMap(remote -> remote.upload(context, SharedEntry.encode(entry), entry.artifact()));
    }

    /** Offers what was just stored; {@code entry} has the paths that it has in every checkout. */
    void offer(Settings settings, Request request, Recollection stored, ManifestEntry entry) {
        if (settings.remote().url().isPresent()) {
            sessions.used(settings, request, stored);
            remotes.opened(settings, request.environment())
                    .ifPresent(remote -> remote.offer(stored.context(), SharedEntry.encode(entry), entry.artifact()));
        }
    }

    /** To be told of what was delivered: opens the tier for uploads that are left over, and offers local hits if asked. */
    void delivered(Optional<ArtifactCache> cache, Settings settings, Request request, List<Part> parts) {
        if (settings.remote().url().isEmpty()) {
            return;
        }
        remotes.prepare(settings, request.environment());
        parts.forEach(part -> sessions.used(settings, request, part.recollection()));
        if (settings.remote().reshare() && cache.isPresent()) {
            remotes.of(settings, request.environment())
                    .ifPresent(remote -> parts.stream()
                            .filter(part -> part.tier() != Tier.REMOTE)
                            .forEach(part -> resharing.offer(cache.get(), remote, part.recollection())));
        }
    }

    /** Whether a build is over that left no record of what it used. */
    boolean hasRecordToLeave() {
        return sessions.isDue();
    }

    /** Begins to leave records of builds that are over, or of all, for warm-ups elsewhere. */
    void leaveRecords(ArtifactCache cache, boolean all) {
        sessions.leave(cache, remotes, all);
    }

    /** Waits until no record is being left, or the time is over. */
    void awaitRecords(Duration limit) {
        sessions.await(limit);
    }

    /** Returns how records stand. */
    RecordProgress records() {
        return sessions.progress();
    }

    /** Stops leaving records. */
    @Override
    public void close() {
        sessions.close();
    }
}
