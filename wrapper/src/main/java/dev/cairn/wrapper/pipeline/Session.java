package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.CoarseClock;
import dev.cairn.cache.Digest;
import dev.cairn.wrapper.config.Settings;
import dev.cairn.wrapper.events.Event;
import dev.cairn.wrapper.events.EventBuilder;
import dev.cairn.wrapper.family.Compilation;
import dev.cairn.wrapper.family.Refusal;
import dev.cairn.wrapper.protocol.Answer;
import dev.cairn.wrapper.protocol.Finished;
import dev.cairn.wrapper.protocol.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its way through the phases: first answer, delivery or run, end. For each source one event tells how it
 * ended. For use by one thread at a time; what a {@link Race} does on another is done when that has ended.
 */
public final class Session implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    private final Pipeline pipeline;
    private final Request request;
    private final EventBuilder event;
    private final Hits hits = new Hits();
    private final List<Pending> runs = new ArrayList<>();
    private Optional<Race> race = Optional.empty();
    private Optional<Settings> settings = Optional.empty();
    private List<Context> contexts = List.of();
    private Optional<Digest> requestKey = Optional.empty();
    private long started = CoarseClock.now();
    private Survey survey;
    private boolean settled;
    private boolean undelivered;
    private boolean ended;

    Session(Pipeline pipeline, Request request) {
        this.pipeline = pipeline;
        this.request = request;
        this.event = new EventBuilder(request);
        this.survey = pipeline.ingest.survey(List.of());
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
        Digest key = RequestKey.of(request, now);
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
                hits.release();
                break;
            }
            hits.add(part.get());
        }
        event.phase("recall", System.nanoTime() - begin);
        return !hits.isEmpty();
    }

    private Answer understand(ArtifactCache cache, Settings settings) {
        long begin = System.nanoTime();
        pipeline.sharing.expect(cache, settings, request);
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
        MissReason.Finding finding = new MissReason.Finding.NoEntry();
        List<String> remoteLines = new ArrayList<>();
        if (result instanceof Lookup.Result.Missed missed) {
            finding = missed.finding();
            result = ask(cache, settings, context, key, missed, own, remoteLines);
        }
        if (result instanceof Lookup.Result.Found found && take(found, own)) {
            return;
        }
        boolean evicted = past.filter(p -> cache.wasEvicted(p.artifact())).isPresent();
        MissReason why = MissReason.of(context, past, finding, evicted);
        remoteLines.addAll(0, why.lines());
        own.reason(why.word(), remoteLines);
        runs.add(pending(context, key, own));
    }

    private Lookup.Result ask(
            ArtifactCache cache,
            Settings settings,
            Context context,
            Digest key,
            Lookup.Result.Missed missed,
            EventBuilder own,
            List<String> lines) {
        long begin = System.nanoTime();
        Sharing.Reply reply = pipeline.sharing.find(cache, settings, context, key, missed, contexts.size() == 1);
        if (settings.remote().url().isPresent()) {
            own.phase("remote", System.nanoTime() - begin);
        }
        return switch (reply) {
            case Sharing.Reply.Found(Lookup.Result.Found answer) -> answer;
            case Sharing.Reply.Open(Race open) -> {
                race = Optional.of(open);
                yield missed;
            }
            case Sharing.Reply.Nothing(Optional<String> line) -> {
                line.ifPresent(lines::add);
                yield missed;
            }
        };
    }

    private boolean take(Lookup.Result.Found found, EventBuilder own) {
        Optional<Part> part = Part.of(own, found.recollection(), found.artifact(), found.tier());
        part.ifPresent(hits::add);
        return part.isPresent();
    }

    private Pending pending(Context context, Digest key, EventBuilder own) {
        return new Pending(context, key, started, survey, own, true);
    }

    /** Delivers what was found. When that is all, the invocation is answered for good. */
    private Answer.Hit hit(Settings settings, boolean whole) {
        if (whole) {
            if (!contexts.isEmpty()) {
                requestKey.ifPresent(key -> pipeline.recall.remember(key, request, hits.recollections()));
            }
            pipeline.events.statistics().time("hit_micros", event.age());
        }
        return hits.answer(settings.hardLink(), whole);
    }

    /** Has compiled what was not found; what was is delivered first, unless it would print something in the wrong order. */
    private Answer run(Settings settings) {
        if (!settled) {
            started = pipeline.clock.getAsLong();
        }
        if (!settled && SourceTick.outwaited(pipeline, runs, started)) {
            settled = true;
            started = pipeline.clock.getAsLong();
            hits.release();
            endRace();
            race = Optional.empty();
            runs.clear();
            return first();
        }
        boolean mixed = !hits.isEmpty();
        boolean apart = contexts.get(0).compilation().line().responseFiles().isEmpty();
        if (mixed && (!apart || !hits.areSilent())) {
            for (Part part : hits.parts()) {
                Context context = contextOf(part);
                part.event().reason("compiled_along", List.of("another source of the same command had to be compiled"));
                runs.add(pending(context, part.recollection().context(), part.event()));
            }
            hits.release();
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

    /** Has the compiler started: the last moment to look at what it will search. */
    private Answer advice() {
        survey = pipeline.ingest.survey(contexts);
        List<Compilation> missing =
                runs.stream().map(run -> run.context().compilation()).toList();
        Roots roots = contexts.get(0).roots();
        return Advice.of(request, missing, roots, missing.size() == contexts.size())
                .withHitToCome(race.isPresent());
    }

    private Answer passthrough(Refusal refusal) {
        ended = true;
        pipeline.events.add(event.passthrough(refusal.reason(), refusal.detail()));
        return new Answer.Passthrough(refusal.reason());
    }

    /**
     * To be called when the first answer has been sent: does what can be done while the compiler runs, unless the launcher may
     * soon say something else.
     */
    public void meanwhile() {
        if (hits.isEmpty() && race.isEmpty()) {
            pendings().forEach(pipeline.ingest::prepare);
        }
    }

    /** Where a hit goes while the compiler runs. */
    @FunctionalInterface
    public interface Overtaking {
        /** Sends it. */
        void send(Answer.Hit hit) throws IOException;
    }

    /** To be told that the compiler runs: from now until the launcher says anything else a hit may be sent to it. */
    public void running(Overtaking launcher) {
        race.ifPresent(open -> open.running(found -> overtake(found, launcher)));
    }

    private void overtake(Lookup.Result.Found found, Overtaking launcher) {
        if (take(found, event)) {
            try {
                launcher.send(hit(settings.orElseThrow(), true));
            } catch (IOException e) {
                LOG.debug("the launcher has gone", e);
            }
        }
    }

    private void endRace() {
        race.ifPresent(Race::end);
    }

    /** The launcher did not report its compiler's end: what was offered to it counts. */
    private void concede() {
        endRace();
        if (race.isPresent() && !hits.isEmpty()) {
            runs.clear();
            event.note("the compiler was started, and stopped when the remote's answer came");
        }
        race = Optional.empty();
    }

    /** The launcher reported its compiler's end: what was offered to it came too late. */
    private void winRace() {
        endRace();
        if (race.isPresent()) {
            hits.release();
            event.detail(race.get().whyCompiled());
        }
        race = Optional.empty();
    }

    /**
     * Returns what to do after files were delivered, or could not be.
     *
     * @param errno 0 when a part was delivered and the rest is to be compiled
     */
    public Answer undelivered(int errno, String destination) {
        concede();
        if (errno == 0 && !runs.isEmpty() && !undelivered) {
            return advice();
        }
        undelivered = true;
        for (Part part : hits.parts()) {
            part.event().reason("undelivered", List.of(destination + " (errno " + errno + ")"));
        }
        return new Answer.Run(request.arguments(), 0, List.of(), 0, false);
    }

    /**
     * Takes the result of a run: what it wrote is safe when this returns, and stored a little later.
     *
     * @return whether there is something to store
     */
    public boolean finished(Finished finished) {
        ended = true;
        winRace();
        Optional<ArtifactCache> cache = pipeline.cache.get();
        if (undelivered || runs.isEmpty() || cache.isEmpty()) {
            String reason = undelivered || runs.isEmpty() ? "undelivered" : "store_unavailable";
            List<EventBuilder> events = new ArrayList<>();
            hits.parts().forEach(part -> events.add(part.event()));
            runs.forEach(run -> events.add(run.event()));
            hits.release();
            events.forEach(each -> end(each.miss(finished.exitCode(), false, Optional.of(reason), List.of())));
            return false;
        }
        List<Pending> over = pendings();
        Conclusion conclusion =
                new Conclusion(pipeline, request, requestKey, settings, over, hits.recollections(), finished);
        boolean captured = conclusion.capture();
        deliveredHits();
        if (captured) {
            pipeline.intake.submit(conclusion.contexts(), () -> conclusion.conclude(cache.get()));
        } else {
            conclusion.conclude(cache.get());
        }
        return captured;
    }

    /** Returns the runs as they are when the compiler may have started. */
    private List<Pending> pendings() {
        return runs.stream()
                .map(run -> new Pending(run.context(), run.key(), started, survey, run.event(), runs.size() == 1))
                .toList();
    }

    private boolean isOurNamespace() {
        return LogicalDirectory.leadsHere(request.directory(), request, pipeline.files);
    }

    private String outputPath(Context context) {
        return request.absolute(context.compilation().output());
    }

    private void end(Event last) {
        pipeline.events.add(last);
    }

    /** Counts what was delivered as hits. */
    private void deliveredHits() {
        settings.ifPresent(known -> pipeline.sharing.delivered(pipeline.cache.get(), known, request, hits.parts()));
        for (Part part : hits.parts()) {
            end(part.event().hit(part.tier().name().toLowerCase(Locale.ROOT)));
        }
        hits.release();
    }

    /** The connection ended: a hit was delivered, or a run's end will never be known. */
    @Override
    public void close() {
        if (ended) {
            hits.release();
            return;
        }
        ended = true;
        concede();
        if (undelivered) {
            hits.parts().forEach(part -> end(part.event().miss(0, false, Optional.of("undelivered"), List.of())));
            hits.release();
        } else {
            deliveredHits();
        }
        runs.forEach(run -> end(run.event().miss(0, false, Optional.of("killed"), List.of("the launcher went away"))));
    }

    /** The daemon failed; the launcher runs the compiler. */
    public void failed(Exception e) {
        endRace();
        if (!ended) {
            ended = true;
            end(event.error("internal", e.toString()));
        }
        hits.release();
    }
}
