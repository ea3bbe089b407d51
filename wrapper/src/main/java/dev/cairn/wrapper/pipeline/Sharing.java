package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.Digest;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.cache.SharedEntry;
import dev.cairn.cache.Tier;
import dev.cairn.remote.RemoteTier;
import dev.cairn.wrapper.config.Settings;
import dev.cairn.wrapper.events.EventBuilder;
import dev.cairn.wrapper.events.Statistics;
import dev.cairn.wrapper.protocol.Request;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What requests have to do with the remote tier that their settings name, if any. Thread-safe. */
final class Sharing implements AutoCloseable {
    private final RemoteSource remotes;
    private final RemoteLookup lookup;
    private final Statistics statistics;
    private final Resharing resharing = new Resharing();
    private final Sessions sessions = new Sessions();
    private final Prefetch prefetch = new Prefetch();
    private final Warmed warmed;

    Sharing(RemoteSource remotes, RemoteLookup lookup, Warmed warmed, Statistics statistics) {
        this.remotes = remotes;
        this.lookup = lookup;
        this.warmed = warmed;
        this.statistics = statistics;
    }

    /**
     * Asks for what was not found locally, and counts how that went.
     *
     * @param lines where a line on it is added, for a person
     * @return what was found, or what was missed locally
     */
    Lookup.Result find(
            ArtifactCache cache,
            Settings settings,
            Context context,
            Digest key,
            Lookup.Result.Missed missed,
            EventBuilder event,
            List<String> lines) {
        if (settings.remote().url().isEmpty() || !settings.remote().mode().reads()) {
            return missed;
        }
        Optional<Lookup.Result.Found> waiting = warmed.find(cache, settings.remote(), context, key);
        if (waiting.isPresent()) {
            return waiting.get();
        }
        Optional<RemoteTier> remote = remotes.of(settings, context.request().environment());
        if (remote.isEmpty()) {
            return missed;
        }
        long begin = System.nanoTime();
        RemoteLookup.Result result =
                lookup.find(cache, remote.get(), settings.remote().timeout(), context, key, missed);
        event.phase("remote", System.nanoTime() - begin);
        statistics.count("remote/lookups");
        return switch (result) {
            case RemoteLookup.Result.Found(Lookup.Result.Found answer) -> {
                statistics.count("remote/hits");
                prefetch.found(cache, settings, remote.get(), context.request());
                yield answer;
            }
            case RemoteLookup.Result.Absent(String line) -> {
                statistics.count("remote/absent");
                lines.add("remote: " + line);
                yield missed;
            }
            case RemoteLookup.Result.Unavailable(String reason) -> {
                statistics.count("remote_errors/" + reason);
                lines.add("remote: no answer: " + reason);
                yield missed;
            }
        };
    }

    /** Offers what was just stored; {@code entry} has the paths that it has in every checkout. */
    void offer(Settings settings, Request request, Recollection stored, ManifestEntry entry) {
        if (settings.remote().url().isPresent()) {
            sessions.used(settings, request, stored);
            remotes.of(settings, request.environment())
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
