package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Artifact;
import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.CoarseClock;
import dev.cairn.cache.Digest;
import dev.cairn.cache.FileSignature;
import dev.cairn.cache.PinnedArtifact;
import dev.cairn.wrapper.config.Settings;
import dev.cairn.wrapper.events.Event;
import dev.cairn.wrapper.events.EventBuilder;
import dev.cairn.wrapper.family.Compilation;
import dev.cairn.wrapper.family.CompilationParser;
import dev.cairn.wrapper.family.CompilationParser.Parsed;
import dev.cairn.wrapper.family.Compiler;
import dev.cairn.wrapper.family.CompilerProbe;
import dev.cairn.wrapper.family.CompilerProbe.Probed;
import dev.cairn.wrapper.family.Refusal;
import dev.cairn.wrapper.protocol.Answer;
import dev.cairn.wrapper.protocol.Finished;
import dev.cairn.wrapper.protocol.Request;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * One request on its way through the phases: first answer, delivery or run, end. Exactly one event tells how it ended.
 * For use by one thread at a time.
 */
public final class Session implements AutoCloseable {
    /** More than a tick of any kernel's clock: 10 ms at 100 Hz. */
    private static final long LONGEST_TICK_NANOS = 20_000_000;

    private static final long POLL_NANOS = 250_000;

    private final Pipeline pipeline;
    private final Request request;
    private final EventBuilder event;
    private long started = CoarseClock.now();
    private boolean settled;
    private Optional<PinnedArtifact> pinned = Optional.empty();
    private Optional<Pending> pending = Optional.empty();
    private boolean ended;

    Session(Pipeline pipeline, Request request) {
        this.pipeline = pipeline;
        this.request = request;
        this.event = new EventBuilder(request);
    }

    /** Returns the first answer. */
    public Answer first() {
        Settings settings = pipeline.settings.apply(request.environment()).settings();
        if (settings.disabled()) {
            return passthrough(new Refusal("disabled", "disabled by the configuration file"));
        }
        if (!isOurNamespace()) {
            return passthrough(new Refusal("other_namespace", request.directory()));
        }
        Optional<ArtifactCache> cache = pipeline.cache.get();
        if (cache.isEmpty()) {
            return passthrough(new Refusal("store_unavailable", "the cache directory can't be used"));
        }
        cache.get().budget(settings.budget());
        Digest requestKey = RequestKey.of(request);
        if (!settings.recache()) {
            Optional<Answer> recalled = recall(cache.get(), requestKey, settings);
            if (recalled.isPresent()) {
                return recalled.get();
            }
        }
        return understand(cache.get(), requestKey, settings);
    }

    private Optional<Answer> recall(ArtifactCache cache, Digest requestKey, Settings settings) {
        long begin = System.nanoTime();
        Optional<Recollection> recollection = pipeline.recall.of(requestKey);
        Optional<PinnedArtifact> artifact = recollection.flatMap(known -> cache.pin(known.context(), known.artifact()));
        event.phase("recall", System.nanoTime() - begin);
        return artifact.map(found -> hit(found, recollection.orElseThrow(), settings));
    }

    private Answer understand(ArtifactCache cache, Digest requestKey, Settings settings) {
        long begin = System.nanoTime();
        Optional<Refusal> refusal = refuse();
        if (refusal.isPresent()) {
            return passthrough(refusal.get());
        }
        // The option table is chosen by the driver; what it says of probing arguments is the same for both.
        Probed first = pipeline.compilers.of(request, List.of());
        if (!(first instanceof Probed.Known(Compiler driver))) {
            return passthrough(((Probed.Unknown) first).refusal());
        }
        event.phase("identify", System.nanoTime() - begin);
        List<String> arguments =
                request.arguments().subList(1, request.arguments().size());
        return switch (CompilationParser.parse(driver.dialect(), request.directory(), arguments)) {
            case Parsed.Refused(Refusal why) -> passthrough(why);
            case Parsed.Understood(Compilation compilation) -> {
                event.phase("parse", System.nanoTime() - begin);
                event.files(compilation.source(), compilation.output());
                yield identify(cache, requestKey, settings, driver, compilation);
            }
        };
    }

    private Answer identify(
            ArtifactCache cache, Digest requestKey, Settings settings, Compiler driver, Compilation compilation) {
        Compiler compiler = driver;
        if (!compilation.probes().isEmpty()) {
            Probed probed = pipeline.compilers.of(request, compilation.probes());
            if (!(probed instanceof Probed.Known(Compiler exact))) {
                return passthrough(((Probed.Unknown) probed).refusal());
            }
            compiler = exact;
        }
        Optional<Digest> source =
                pipeline.files.at(request.absolute(compilation.source())).content();
        if (source.isEmpty()) {
            return passthrough(new Refusal("no_source", compilation.source()));
        }
        Optional<Refusal> output = refuseOutputs(compilation);
        if (output.isPresent()) {
            return passthrough(output.get());
        }
        Context context = Context.of(request, compiler, compilation, source.get());
        Digest key = context.key();
        event.context(key.hex());
        return lookUp(
                cache, settings, new Pending(request, requestKey, compiler, context, key, started, new Way(), event));
    }

    private Answer lookUp(ArtifactCache cache, Settings settings, Pending candidate) {
        if (settings.recache()) {
            event.reason("recache", List.of("asked for by CAIRN_RECACHE"));
            return run(candidate);
        }
        long begin = System.nanoTime();
        Context context = candidate.context();
        Optional<Past> past = pipeline.history.of(outputPath(context), cache.records());
        Lookup.Result result =
                pipeline.lookup.find(cache, candidate.compiler(), context, candidate.key(), past.map(Past::artifact));
        event.phase("lookup", System.nanoTime() - begin);
        return switch (result) {
            case Lookup.Result.Found(PinnedArtifact artifact, Recollection recollection) -> {
                remember(candidate.requestKey(), recollection);
                yield hit(artifact, recollection, settings);
            }
            case Lookup.Result.Missed(MissReason.Finding finding) -> {
                boolean evicted =
                        past.filter(p -> cache.wasEvicted(p.artifact())).isPresent();
                MissReason why = MissReason.of(context, past, finding, evicted);
                event.reason(why.word(), why.lines());
                yield run(candidate);
            }
        };
    }

    private Answer hit(PinnedArtifact artifact, Recollection recollection, Settings settings) {
        pinned = Optional.of(artifact);
        Compilation compilation = recollection.compilation();
        event.files(compilation.source(), compilation.output());
        event.context(recollection.context().hex());
        event.artifact(recollection.artifact().hex());
        List<Answer.Delivery> files = new ArrayList<>();
        for (Artifact.Output output : artifact.artifact().outputs()) {
            String destination = output.role().equals(Roles.DEPFILE)
                    ? compilation.depfile().orElseThrow().path()
                    : compilation.output();
            Answer.Source source = switch (output.payload()) {
                case Artifact.Payload.Inline(byte[] bytes) -> new Answer.Source.Inline(bytes);
                case Artifact.Payload.Blob(String path) -> new Answer.Source.Blob(path);
            };
            files.add(new Answer.Delivery(destination, output.executable() ? 0777 : 0666, output.size(), source));
        }
        pipeline.events.statistics().time("hit_micros", event.age());
        return new Answer.Hit(
                settings.hardLink(),
                files,
                artifact.artifact().stdout(),
                artifact.artifact().stderr());
    }

    private Answer run(Pending candidate) {
        if (!settled && outwaited(candidate.context().compilation().source())) {
            settled = true;
            started = CoarseClock.now();
            return first();
        }
        pending = Optional.of(candidate);
        pipeline.events.statistics().time("miss_overhead_micros", event.age());
        return Advice.of(request, candidate.context().compilation());
    }

    /**
     * A source written in the same tick of the clock in which its compilation is asked for, as configure scripts do, might
     * still change without getting another stamp, and nothing could be stored. Waits until such a tick is over.
     *
     * @return whether there was something to wait for; everything has to be looked at again then
     */
    private boolean outwaited(String source) {
        long written = pipeline.files
                .at(request.absolute(source))
                .signature()
                .map(FileSignature::ctime)
                .orElse(0L);
        if (written < started || written - started > LONGEST_TICK_NANOS) {
            return false;
        }
        long limit = System.nanoTime() + 2 * LONGEST_TICK_NANOS;
        while (CoarseClock.now() <= written && System.nanoTime() < limit) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }

    private Answer passthrough(Refusal refusal) {
        end(event.passthrough(refusal.reason(), refusal.detail()));
        return new Answer.Passthrough(refusal.reason());
    }

    /** Returns what to do after a hit could not be delivered. */
    public Answer undelivered(int errno, String destination) {
        release();
        event.reason("undelivered", List.of(destination + " (errno " + errno + ")"));
        return new Answer.Run(request.arguments(), 0, List.of(), 0);
    }

    /**
     * Takes the result of a run.
     *
     * @return whether it was stored
     */
    public boolean finished(Finished finished) {
        if (pending.isEmpty()) {
            end(event.miss(finished.exitCode(), false, Optional.of("undelivered"), List.of()));
            return false;
        }
        Pending run = pending.get();
        Optional<ArtifactCache> cache = pipeline.cache.get();
        if (cache.isEmpty()) {
            end(event.miss(finished.exitCode(), false, Optional.of("store_unavailable"), List.of()));
            return false;
        }
        long begin = System.nanoTime();
        Ingest.Result result = pipeline.ingest.take(cache.get(), run, finished);
        event.phase("ingest", System.nanoTime() - begin);
        return switch (result) {
            case Ingest.Result.Stored(Recollection recollection) -> {
                remember(run.requestKey(), recollection);
                note(cache.get(), run, recollection.artifact(), "");
                end(event.miss(finished.exitCode(), true, Optional.empty(), List.of()));
                yield true;
            }
            case Ingest.Result.NotStored(String reason, String detail) -> {
                note(cache.get(), run, run.key(), reason);
                end(event.miss(
                        finished.exitCode(),
                        false,
                        Optional.of(reason),
                        List.of("not stored: " + reason + ": " + detail)));
                yield false;
            }
        };
    }

    private void note(ArtifactCache cache, Pending run, Digest artifact, String notStored) {
        pipeline.history.put(outputPath(run.context()), Past.of(run.context(), artifact, notStored), cache.records());
    }

    /** A response file that changed while it was read must not be remembered by its new content. */
    private void remember(Digest requestKey, Recollection recollection) {
        boolean quiet = recollection.compilation().responseFiles().stream()
                .allMatch(path -> pipeline.files
                        .at(path)
                        .signature()
                        .filter(signature -> signature.ctime() < started)
                        .isPresent());
        if (quiet) {
            pipeline.recall.remember(requestKey, recollection);
        }
    }

    private Optional<Refusal> refuse() {
        if (request.arguments().isEmpty()) {
            return Optional.of(new Refusal("not_a_compilation", "no arguments"));
        }
        if (!CompilerProbe.mayBeCompiler(request.compiler())) {
            return Optional.of(new Refusal("unknown_compiler", request.compiler()));
        }
        return RelevantEnvironment.refuse(request.environment());
    }

    /** What is there and is not a regular file (a device, a link) is the compiler's to deal with. */
    private Optional<Refusal> refuseOutputs(Compilation compilation) {
        List<String> paths = new ArrayList<>(List.of(compilation.output()));
        compilation.depfile().ifPresent(depfile -> paths.add(depfile.path()));
        return paths.stream()
                .filter(path -> !isRegularOrAbsent(request.absolute(path)))
                .map(path -> new Refusal("unsupported_output", path))
                .findFirst();
    }

    private static boolean isRegularOrAbsent(String path) {
        Path file = Path.of(path);
        return Files.notExists(file, LinkOption.NOFOLLOW_LINKS) || Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    private boolean isOurNamespace() {
        Optional<FileSignature> here = pipeline.files.at(request.directory()).signature();
        return here.filter(signature -> signature.inode() == request.inode() && signature.device() == request.device())
                .isPresent();
    }

    private String outputPath(Context context) {
        return request.absolute(context.compilation().output());
    }

    private void release() {
        pinned.ifPresent(PinnedArtifact::close);
        pinned = Optional.empty();
    }

    private void end(Event last) {
        if (!ended) {
            ended = true;
            pipeline.events.add(last);
        }
    }

    /** The connection ended: a hit was delivered, or a run's end will never be known. */
    @Override
    public void close() {
        if (pinned.isPresent()) {
            String tier = pinned.get().tier().name().toLowerCase(Locale.ROOT);
            release();
            end(event.hit(tier));
        }
        if (pending.isPresent()) {
            end(event.miss(0, false, Optional.of("killed"), List.of("the launcher went away")));
        }
    }

    /** The daemon failed; the launcher runs the compiler. */
    public void failed(Exception cause) {
        release();
        end(event.error("internal", String.valueOf(cause)));
    }
}
