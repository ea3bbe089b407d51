package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.Digest;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.wrapper.config.Settings;
import dev.cairn.wrapper.protocol.Finished;
import dev.cairn.wrapper.protocol.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of a run after the compiler's end. What the run wrote is captured while the launcher waits; the rest is done
 * while the build goes on. For one run.
 */
final class Conclusion {
    private final Pipeline pipeline;
    private final Request request;
    private final Optional<Digest> requestKey;
    private final Optional<Settings> settings;
    private final List<Pending> runs;
    private final List<Recollection> delivered;
    private final Finished finished;
    private final List<Taken> taken = new ArrayList<>();

    private record Taken(Pending run, Optional<Capture> capture, Optional<Doubt> doubt) {}

    /**
     * Makes a conclusion.
     *
     * @param runs what was compiled
     * @param delivered the answers to what was not, of the same invocation
     */
    Conclusion(
            Pipeline pipeline,
            Request request,
            Optional<Digest> requestKey,
            Optional<Settings> settings,
            List<Pending> runs,
            List<Recollection> delivered,
            Finished finished) {
        this.pipeline = pipeline;
        this.request = request;
        this.requestKey = requestKey;
        this.settings = settings;
        this.runs = List.copyOf(runs);
        this.delivered = List.copyOf(delivered);
        this.finished = finished;
    }

    /** Captures what was written; returns whether there is something to store. */
    boolean capture() {
        for (Pending run : runs) {
            taken.add(capture(run));
        }
        return taken.stream().anyMatch(each -> each.capture().isPresent());
    }

    private Taken capture(Pending run) {
        try {
            return new Taken(run, Optional.of(pipeline.ingest.capture(run, finished)), Optional.empty());
        } catch (Doubt doubt) {
            return new Taken(run, Optional.empty(), Optional.of(doubt));
        } catch (IOException e) {
            return new Taken(run, Optional.empty(), Optional.of(new Doubt("store_failed", e.toString())));
        }
    }

    List<Digest> contexts() {
        return runs.stream().map(Pending::key).toList();
    }

    /** Stores what can be stored, tells how each run ended, and remembers the answer to the whole invocation. */
    void conclude(ArtifactCache cache) {
        List<Recollection> answers = new ArrayList<>(delivered);
        for (Taken each : taken) {
            conclude(cache, each).ifPresent(answers::add);
        }
        if (answers.size() == delivered.size() + runs.size()) {
            requestKey.ifPresent(key -> pipeline.recall.remember(key, request, answers));
        }
    }

    private Optional<Recollection> conclude(ArtifactCache cache, Taken each) {
        Pending run = each.run();
        long begin = System.nanoTime();
        Ingest.Result result = result(cache, each);
        run.event().phase("ingest", System.nanoTime() - begin);
        return switch (result) {
            case Ingest.Result.Stored(Recollection recollection, ManifestEntry entry, List<String> notes) -> {
                settings.ifPresent(known -> pipeline.sharing.offer(known, request, recollection, entry));
                note(cache, run, recollection.artifact(), "");
                pipeline.events.add(run.event().miss(finished.exitCode(), true, Optional.empty(), notes));
                yield Optional.of(recollection);
            }
            case Ingest.Result.NotStored(String reason, String detail) -> {
                note(cache, run, run.key(), reason);
                List<String> lines = List.of("not stored: " + reason + ": " + detail);
                pipeline.events.add(run.event().miss(finished.exitCode(), false, Optional.of(reason), lines));
                yield Optional.empty();
            }
        };
    }

    private Ingest.Result result(ArtifactCache cache, Taken each) {
        if (each.capture().isEmpty()) {
            Doubt doubt = each.doubt().orElseThrow();
            return new Ingest.Result.NotStored(doubt.reason(), doubt.detail());
        }
        try (Capture capture = each.capture().get()) {
            Pending run = each.run();
            return pipeline.ingest.take(
                    cache,
                    run,
                    finished,
                    capture,
                    entry -> settings.flatMap(known -> pipeline.sharing.upload(known, request, run.key(), entry)));
        } catch (RuntimeException e) {
            return new Ingest.Result.NotStored("store_failed", e.toString());
        }
    }

    private void note(ArtifactCache cache, Pending run, Digest artifact, String notStored) {
        String output = run.context().absolute(run.context().compilation().output());
        pipeline.history.put(output, Past.of(run.context(), artifact, notStored), cache.records());
    }
}
