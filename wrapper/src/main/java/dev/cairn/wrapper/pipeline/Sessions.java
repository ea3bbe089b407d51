package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.Digest;
import dev.cairn.cache.SharedEntry;
import dev.cairn.remote.RemoteTier;
import dev.cairn.remote.SessionName;
import dev.cairn.remote.SessionRecord.Use;
import dev.cairn.wrapper.config.RemoteOptions;
import dev.cairn.wrapper.config.Settings;
import dev.cairn.wrapper.protocol.Request;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What builds used, until a record of it has been left in the store for warm-ups elsewhere. A build is over when no request
 * came from its directory for a while. Thread-safe.
 */
final class Sessions implements AutoCloseable {
    private static final long OVER_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int MOST_USES = 50_000;

    private final Map<Place, Build> builds = new LinkedHashMap<>();
    private final Recorder recorder = new Recorder();
    private int uses;

    /** Where a build takes place, and which store it uses how. */
    private record Place(RemoteOptions options, String directory) {}

    private static final class Build {
        private final Settings settings;
        private final Map<String, String> environment;

        /** Of each artifact that was made or delivered its context. */
        private final Map<Digest, Digest> contexts = new LinkedHashMap<>();

        private long last;

        Build(Settings settings, Map<String, String> environment) {
            this.settings = settings;
            this.environment = environment;
        }
    }

    /** Notes one use. Where too many wait, those that come are not recorded. */
    synchronized void used(Settings settings, Request request, Recollection used) {
        if (!settings.remote().mode().writes() || uses >= MOST_USES || used.isWarmed()) {
            return;
        }
        Build build = builds.computeIfAbsent(
                new Place(settings.remote(), request.directory()), place -> new Build(settings, request.environment()));
        build.last = System.nanoTime();
        if (build.contexts.put(used.artifact(), used.context()) == null) {
            uses++;
        }
    }

    /** Whether a build is over that left no record yet. */
    synchronized boolean isDue() {
        long now = System.nanoTime();
        return builds.values().stream().anyMatch(build -> now - build.last > OVER_NANOS);
    }

    private Map<Place, Build> taken(boolean all) {
        Map<Place, Build> taken = new LinkedHashMap<>();
        long now = System.nanoTime();
        for (Iterator<Map.Entry<Place, Build>> each = builds.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<Place, Build> entry = each.next();
            if (all || now - entry.getValue().last > OVER_NANOS) {
                taken.put(entry.getKey(), entry.getValue());
                uses -= entry.getValue().contexts.size();
                each.remove();
            }
        }
        return taken;
    }

    /** Begins to leave the records of builds that are over, or of all; returns at once. */
    void leave(ArtifactCache cache, RemoteSource remotes, boolean all) {
        synchronized (this) {
            Map<Place, Build> taken = taken(all);
            if (!taken.isEmpty()) {
                recorder.leave(taken.size(), () -> leave(cache, remotes, taken));
            }
        }
    }

    /** Waits until no record is being left, or the time is over. */
    void await(Duration limit) {
        recorder.await(limit);
    }

    /** Returns how records stand; those of builds that go on are not left yet. */
    synchronized RecordProgress progress() {
        RecordProgress begun = recorder.progress();
        return new RecordProgress(builds.size() + begun.pending(), begun.failed(), begun.fault());
    }

    /** Stops; what was not left is lost. */
    @Override
    public void close() {
        recorder.close();
    }

    /** Takes as long as the store does; returns one line on what went wrong. */
    private static Optional<String> leave(ArtifactCache cache, RemoteSource remotes, Map<Place, Build> taken) {
        Map<Named, List<Build>> named = new LinkedHashMap<>();
        taken.forEach((place, build) -> named.computeIfAbsent(
                        new Named(place.options(), name(place, build)), key -> new ArrayList<>())
                .add(build));
        List<String> wrong = new ArrayList<>();
        named.forEach((key, builds) -> leave(cache, remotes, key.name(), builds).ifPresent(wrong::add));
        return wrong.stream().findFirst();
    }

    private static Optional<String> leave(
            ArtifactCache cache, RemoteSource remotes, SessionName name, List<Build> builds) {
        Build one = builds.getFirst();
        Optional<RemoteTier> remote = remotes.opened(one.settings, one.environment);
        return remote.isEmpty()
                ? Optional.of("the remote cannot be used")
                : remote.get().record(name, uses(builds), use -> entry(cache, use));
    }

    /** Builds in several directories of one checkout are one build. */
    private record Named(RemoteOptions options, SessionName name) {}

    private static SessionName name(Place place, Build build) {
        BuildName name = BuildName.of(Path.of(place.directory()), build.environment);
        return name.session(name.branch(), place.options().configuration());
    }

    private static List<Use> uses(List<Build> builds) {
        return builds.stream()
                .flatMap(build -> build.contexts.entrySet().stream())
                .map(each -> new Use(each.getValue(), each.getKey()))
                .toList();
    }

    private static Optional<byte[]> entry(ArtifactCache cache, Use use) {
        return cache.entry(use.context(), use.artifact()).map(SharedEntry::encode);
    }
}
