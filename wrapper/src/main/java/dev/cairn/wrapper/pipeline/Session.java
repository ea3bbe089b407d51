package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.CoarseClock;
import dev.cairn.cache.Digest;
import dev.cairn.cache.FileSignature;
import dev.cairn.cache.PinnedArtifact;
import dev.cairn.cache.Tier;
import dev.cairn.wrapper.config.Settings;
import dev.cairn.wrapper.events.Event;
import dev.cairn.wrapper.events.EventBuilder;
import dev.cairn.wrapper.family.Compilation;
import dev.cairn.wrapper.family.Refusal;
import dev.cairn.wrapper.protocol.Answer;
import dev.cairn.wrapper.protocol.Finished;
import dev.cairn.wrapper.protocol.Request;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * One request on its way through the phases: first answer, delivery or run, end. For each source one event tells how it
 * ended. For use by one thread at a time.
 */
public final class Session implements AutoCloseable {
    /** More than a tick of any kernel's clock: 10 ms at 100 Hz. */
    private static final long LONGEST_TICK_NANOS = 20_000_000;

    private static final long POLL_NANOS = 250_000;

    private final Pipeline pipeline;
    private final Request request;
    private final EventBuilder event;
    private final List<Part> hits = new ArrayList<>();
    private final List<Pending> runs = new ArrayList<>();
    private Optional<Settings> settings = Optional.empty();
    private List<Context> contexts = List.of();
    private Optional<Digest> requestKey = Optional.empty();
    private long started = CoarseClock.now();
    private boolean settled;
    private boolean undelivered;
    private boolean ended;

    Session(Pipeline pipeline, Request request) {
        this.pipeline = pipeline;
        this.request = request;
        this.event = new EventBuilder(request);
    }

    /** Returns the first answer. */
    public Answer first() {
        Settings now = pipeline.settings.apply(request.environment()).settings();
        settings = Optional.of(now);
        if (now.disabled()) {
            return passthrough(new Refusal("disabled", "disabled by the configuration file"));
        }
        if (!isOurNamespace()) {
            return passthrough(new Refusal("other_namespace", request.directory()));
        }
        Optional<ArtifactCache> cache = pipeline.cache.get();
        if (cache.isEmpty()) {
            return passthrough(new Refusal("store_unavailable", "the cache directory can't be used"));
        }
        cache.get().budget(now.budget());
        Digest key = RequestKey.of(request);
        requestKey = Optional.of(key);
        if (!now.recache() && recall(cache.get(), key)) {
            return hit(now, true);
        }
        return understand(cache.get(), now);
    }

    private boolean recall(ArtifactCache cache, Digest key) {
        long begin = System.nanoTime();
        for (Recollection known : pipeline.recall.of(key, request).orElse(List.of())) {
            EventBuilder own = hits.isEmpty() ? event : new EventBuilder(request);
            Optional<Part> part = cache.pin(known.shelf(), known.artifact())
                    .flatMap(artifact -> Part.of(own, known, artifact, artifact.tier()));
            if (part.isEmpty()) {
                release();
                break;
            }
            hits.add(part.get());
        }
        event.phase("recall", System.nanoTime() - begin);
        return !hits.isEmpty();
    }

    private Answer understand(ArtifactCache cache, Settings settings) {
        long begin = System.nanoTime();
        Understanding.Result result = pipeline.understanding.of(request, settings);
        event.phase("understand", System.nanoTime() - begin);
        return switch (result) {
            case Understanding.Result.Refused(Refusal why) -> passthrough(why);
            case Understanding.Result.Understood(List<Context> understood) -> {
                contexts = understood;
                yield lookUp(cache, settings);
            }
        };
    }

    private Answer lookUp(ArtifactCache cache, Settings settings) {
        for (Context context : contexts) {
            EventBuilder own = hits.isEmpty() && runs.isEmpty() ? event : new EventBuilder(request);
            Compilation compilation = context.compilation();
            own.files(compilation.source(), compilation.output());
            own.notes(context.mapping().notes());
            Digest key = context.key();
            own.context(key.hex());
            if (settings.recache()) {
                own.reason("recache", List.of("asked for by CAIRN_RECACHE"));
                runs.add(pending(context, key, own));
            } else {
                lookUp(cache, settings, context, key, own);
            }
        }
        return runs.isEmpty() ? hit(settings, true) : run(settings);
    }

    private void lookUp(ArtifactCache cache, Settings settings, Context context, Digest key, EventBuilder own) {
        long begin = System.nanoTime();
        Optional<Past> past = pipeline.history.of(outputPath(context), cache.records());
        Lookup.Result result = pipeline.lookup.find(cache, context, key, past.map(Past::artifact));
        own.phase("lookup", System.nanoTime() - begin);
        List<String> remoteLines = new ArrayList<>();
        if (result instanceof Lookup.Result.Missed missed) {
            result = pipeline.sharing.find(cache, settings, context, key, missed, own, remoteLines);
        }
        Optional<Part> part =
                result instanceof Lookup.Result.Found(PinnedArtifact artifact, Recollection known, Tier tier)
                        ? Part.of(own, known, artifact, tier)
                        : Optional.empty();
        if (part.isPresent()) {
            hits.add(part.get());
            return;
        }
        MissReason.Finding finding =
                result instanceof Lookup.Result.Missed missed ? missed.finding() : new MissReason.Finding.NoEntry();
        boolean evicted = past.filter(p -> cache.wasEvicted(p.artifact())).isPresent();
        MissReason why = MissReason.of(context, past, finding, evicted);
        remoteLines.addAll(0, why.lines());
        own.reason(why.word(), remoteLines);
        runs.add(pending(context, key, own));
    }

    private Pending pending(Context context, Digest key, EventBuilder own) {
        return new Pending(context, key, started, new Way(), own, true);
    }

    /** Delivers what was found. When that is all, the invocation is answered for good. */
    private Answer hit(Settings settings, boolean whole) {
        List<Answer.Delivery> files = new ArrayList<>();
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        for (Part part : hits) {
            Recollection known = part.recollection();
            part.event().files(known.target().source(), known.target().output());
            part.event().notes(known.notes());
            part.event().context(known.context().hex());
            part.event().artifact(known.artifact().hex());
            files.addAll(part.files());
            stdout.writeBytes(part.stdout());
            stderr.writeBytes(part.stderr());
        }
        if (whole) {
            List<Recollection> answers = hits.stream().map(Part::recollection).toList();
            if (!contexts.isEmpty()) {
                requestKey.ifPresent(key -> pipeline.recall.remember(key, request, started, answers));
            }
            pipeline.events.statistics().time("hit_micros", event.age());
        }
        return new Answer.Hit(settings.hardLink(), !whole, files, stdout.toByteArray(), stderr.toByteArray());
    }

    /** Has compiled what was not found; what was is delivered first, unless it would print something in the wrong order. */
    private Answer run(Settings settings) {
        if (!settled) {
            started = pipeline.clock.getAsLong();
        }
        if (!settled && outwaited()) {
            settled = true;
            started = pipeline.clock.getAsLong();
            release();
            runs.clear();
            return first();
        }
        boolean mixed = !hits.isEmpty();
        boolean apart = contexts.get(0).compilation().line().responseFiles().isEmpty();
        if (mixed && (!apart || !hits.stream().allMatch(Part::isSilent))) {
            for (Part part : hits) {
                Context context = contextOf(part);
                part.event().reason("compiled_along", List.of("another source of the same command had to be compiled"));
                runs.add(pending(context, part.recollection().context(), part.event()));
            }
            release();
            mixed = false;
        }
        pipeline.events.statistics().time("miss_overhead_micros", event.age());
        return mixed ? hit(settings, false) : advice();
    }

    private Context contextOf(Part part) {
        return contexts.stream()
                .filter(context -> context.compilation().position()
                        == part.recollection().target().position())
                .findFirst()
                .orElseThrow();
    }

    private Answer advice() {
        List<Compilation> missing =
                runs.stream().map(run -> run.context().compilation()).toList();
        Roots roots = contexts.get(0).roots();
        return Advice.of(request, missing, roots, missing.size() == contexts.size());
    }

    /**
     * A source written in the same tick of the clock in which its compilation is asked for, as configure scripts do, might
     * still change without getting another stamp, and nothing could be stored. Waits until such a tick is over.
     *
     * @return whether there was something to wait for; everything has to be looked at again then
     */
    private boolean outwaited() {
        long written = 0;
        for (Pending run : runs) {
            written = Math.max(written, youngest(run.context().compilation().source()));
        }
        if (written < started || written - started > LONGEST_TICK_NANOS) {
            return false;
        }
        long limit = System.nanoTime() + 2 * LONGEST_TICK_NANOS;
        while (pipeline.clock.getAsLong() <= written && System.nanoTime() < limit) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }

    private long youngest(String path) {
        return pipeline.files
                .at(request.absolute(path))
                .signature()
                .map(FileSignature::ctime)
                .orElse(0L);
    }

    private Answer passthrough(Refusal refusal) {
        ended = true;
        pipeline.events.add(event.passthrough(refusal.reason(), refusal.detail()));
        return new Answer.Passthrough(refusal.reason());
    }

    /**
     * Returns what to do after files were delivered, or could not be.
     *
     * @param errno 0 when a part was delivered and the rest is to be compiled
     */
    public Answer undelivered(int errno, String destination) {
        if (errno == 0 && !runs.isEmpty() && !undelivered) {
            return advice();
        }
        undelivered = true;
        for (Part part : hits) {
            part.event().reason("undelivered", List.of(destination + " (errno " + errno + ")"));
        }
        return new Answer.Run(request.arguments(), 0, List.of(), 0);
    }

    /**
     * Takes the result of a run: what it wrote is safe when this returns, and stored a little later.
     *
     * @return whether there is something to store
     */
    public boolean finished(Finished finished) {
        ended = true;
        Optional<ArtifactCache> cache = pipeline.cache.get();
        if (undelivered || runs.isEmpty() || cache.isEmpty()) {
            String reason = undelivered || runs.isEmpty() ? "undelivered" : "store_unavailable";
            List<EventBuilder> events = new ArrayList<>();
            hits.forEach(part -> events.add(part.event()));
            runs.forEach(run -> events.add(run.event()));
            release();
            events.forEach(each -> end(each.miss(finished.exitCode(), false, Optional.of(reason), List.of())));
            return false;
        }
        List<Pending> over = runs.stream()
                .map(run -> new Pending(run.context(), run.key(), started, run.way(), run.event(), runs.size() == 1))
                .toList();
        List<Recollection> delivered = hits.stream().map(Part::recollection).toList();
        Conclusion conclusion = new Conclusion(pipeline, request, requestKey, settings, over, delivered, finished);
        boolean captured = conclusion.capture();
        deliveredHits();
        if (captured) {
            pipeline.intake.submit(conclusion.contexts(), () -> conclusion.conclude(cache.get()));
        } else {
            conclusion.conclude(cache.get());
        }
        return captured;
    }

    private boolean isOurNamespace() {
        return LogicalDirectory.leadsHere(request.directory(), request, pipeline.files);
    }

    private String outputPath(Context context) {
        return request.absolute(context.compilation().output());
    }

    private void release() {
        hits.forEach(part -> part.pinned().close());
        hits.clear();
    }

    private void end(Event last) {
        pipeline.events.add(last);
    }

    /** Counts what was delivered as hits. */
    private void deliveredHits() {
        settings.ifPresent(known -> pipeline.sharing.delivered(pipeline.cache.get(), known, request, hits));
        for (Part part : hits) {
            end(part.event().hit(part.tier().name().toLowerCase(Locale.ROOT)));
        }
        release();
    }

    /** The connection ended: a hit was delivered, or a run's end will never be known. */
    @Override
    public void close() {
        if (ended) {
            release();
            return;
        }
        ended = true;
        if (undelivered) {
            hits.forEach(part -> end(part.event().miss(0, false, Optional.of("undelivered"), List.of())));
            release();
        } else {
            deliveredHits();
        }
        runs.forEach(run -> end(run.event().miss(0, false, Optional.of("killed"), List.of("the launcher went away"))));
    }

    /** The daemon failed; the launcher runs the compiler. */
    public void failed(Exception e) {
        if (!ended) {
            ended = true;
            end(event.error("internal", e.toString()));
        }
        release();
    }
}
