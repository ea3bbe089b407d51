package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.ArtifactCache.StoreResult;
import dev.cairn.cache.Digest;
import dev.cairn.cache.FileStates;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.cache.Records;
import dev.cairn.wrapper.family.Compilation;
import dev.cairn.wrapper.family.Compiler;
import dev.cairn.wrapper.family.Paths;
import dev.cairn.wrapper.protocol.Finished;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Phase: after a compilation, finds out what it read, checks that nothing of that changed meanwhile, and stores what it
 * made. Whatever is in doubt is not stored. Thread-safe.
 */
final class Ingest {
    private static final Logger LOG = LoggerFactory.getLogger(Ingest.class);

    private final Verifier verifier;
    private final Witness witness;
    private final Capture.Place copies;
    private final Predicate<Compiler> surroundings;
    private final Placement placement = new Placement();

    Ingest(
            FileStates files,
            Verifier verifier,
            Scans scans,
            Conditions conditions,
            Capture.Place copies,
            Predicate<Compiler> surroundings) {
        this.surroundings = surroundings;
        this.copies = copies;
        this.verifier = verifier;
        this.witness = new Witness(files, scans, conditions);
    }

    /** What became of a compilation's result. */
    sealed interface Result {
        /** Stored, and found again under these inputs; {@code entry} has the paths that it has in every checkout. */
        record Stored(Recollection recollection, ManifestEntry entry, List<String> notes) implements Result {}

        /** Not stored; {@code reason} is a word for statistics, {@code detail} one line. */
        record NotStored(String reason, String detail) implements Result {}
    }

    /** Looks at the directories that compilations will search, before a compiler runs. */
    Survey survey(List<Context> contexts) {
        Survey survey = verifier.survey();
        contexts.forEach(context -> verifier.survey(survey, context));
        return survey;
    }

    /**
     * Makes ready, while the compiler runs, what is asked of a source when it has ended. What is wrong with it is said then.
     */
    void prepare(Pending pending) {
        try {
            lookInto(pending);
            verifier.survey(pending.survey(), pending.context()); // more is known now of what is asked
        } catch (Doubt | IOException e) {
            LOG.debug("left to the end: {}", pending.context().compilation().source(), e);
        }
    }

    private void lookInto(Pending pending) throws Doubt, IOException {
        witness.scanSource(pending);
        placement.lookAtSource(pending.context());
    }

    /**
     * Makes copies of what a run wrote, when that is worth storing at all, and looks at what it read and a build may write over
     * at once, such as the next source over this one.
     */
    Capture capture(Pending pending, Finished finished) throws Doubt, IOException {
        if (finished.signalled()) {
            throw new Doubt("killed", "signal " + (finished.waitStatus() & 0x7f));
        }
        if (finished.exitCode() != 0) {
            throw new Doubt("compilation_failed", "exit code " + finished.exitCode());
        }
        if (finished.outputCut()) {
            throw new Doubt("output_cut", "more messages than a launcher keeps");
        }
        boolean silent = finished.stdout().length == 0 && finished.stderr().length == 0;
        if (!pending.alone() && !silent) {
            throw new Doubt("shared_messages", "messages of several sources in one run");
        }
        List<Witness.Written> outputs = witness.outputs(pending);
        Reading reading = reading(pending, finished);
        lookInto(pending);
        return copies.capture(outputs, reading);
    }

    /**
     * Stores what was captured.
     *
     * @param upload returns the record of the upload of an entry, which is stored with it
     */
    Result take(
            ArtifactCache cache,
            Pending pending,
            Finished finished,
            Capture capture,
            Function<ManifestEntry, Optional<Records.Entry>> upload) {
        try {
            return store(cache, pending.lookingAgain(), finished, capture, upload);
        } catch (Doubt doubt) {
            return new Result.NotStored(doubt.reason(), doubt.detail());
        } catch (IOException e) {
            return new Result.NotStored("output_unreadable", e.toString());
        }
    }

    /** Collects what was read, and looks at what the compiler does not bring along: nothing that builds writes over that. */
    private Reading reading(Pending pending, Finished finished) throws Doubt {
        Context context = pending.context();
        Compilation compilation = context.compilation();
        witness.checkGiven(pending);
        Map<String, Digest> contents = new HashMap<>();
        List<String> paths = new ArrayList<>();
        for (String path : dependencies(pending, finished)) {
            if (isSource(compilation, path)) {
                continue;
            }
            paths.add(path);
            if (!isBrought(context, path)) {
                contents.put(path, witness.unchanged(pending, path));
            }
        }
        if (!witness.unchanged(pending, compilation.source()).equals(context.source())) {
            throw new Doubt("input_changed", compilation.source());
        }
        return new Reading(paths, contents);
    }

    private static boolean isBrought(Context context, String path) {
        return path.startsWith("/")
                && context.compiler().brings(path)
                && !Paths.isWithin(path, context.request().directory());
    }

    /** Looks at the rest of what was read: had it changed since, or on the way here, its stamps would tell. */
    private ManifestEntry entry(Pending pending, Finished finished, Reading reading) throws Doubt {
        witness.checkTools(pending);
        List<ManifestEntry.Input> inputs = new ArrayList<>();
        for (String path : reading.paths()) {
            Digest known = reading.contents().get(path);
            inputs.add(new ManifestEntry.Input(path, known == null ? witness.unchanged(pending, path) : known));
        }
        witness.checkLineFiles(pending, finished, inputs);
        return new ManifestEntry(
                inputs, pending.context().searched(), List.of(), List.of(), List.of(), "", pending.key());
    }

    private Set<String> dependencies(Pending pending, Finished finished) throws Doubt {
        Compilation compilation = pending.context().compilation();
        if (!compilation.language().goesThroughPreprocessor()) {
            return Set.of();
        }
        boolean own =
                compilation.depfile().filter(Compilation.Depfile::complete).isPresent();
        Optional<byte[]> rules = own
                ? DependencyFile.read(
                        pending.request().absolute(compilation.depfile().get().path()))
                : finished.dependencies();
        if (finished.scanFailed() || rules.isEmpty()) {
            throw new Doubt("dependencies_unknown", "no dependency list was made");
        }
        List<List<String>> ownRules = DependencyFile.parse(rules.get()).stream()
                .filter(paths -> paths.stream().anyMatch(path -> isSource(compilation, path)))
                .toList();
        if (ownRules.size() != 1) {
            throw new Doubt("dependencies_unknown", "the dependency list does not name the source");
        }
        return new LinkedHashSet<>(ownRules.get(0));
    }

    /** Compilers leave a {@code ./} in front out of their lists. */
    private static boolean isSource(Compilation compilation, String path) {
        return IncludeSearch.plain(path).equals(IncludeSearch.plain(compilation.source()));
    }

    private Result store(
            ArtifactCache cache,
            Pending pending,
            Finished finished,
            Capture capture,
            Function<ManifestEntry, Optional<Records.Entry>> upload)
            throws Doubt, IOException {
        Context context = pending.context();
        ManifestEntry entry = entry(pending, finished, capture.reading());
        IncludeSearch search = search(context, entry);
        if (search.found().stream().anyMatch(path -> isForeignHeader(context, path))) {
            entry = closure(pending, entry);
            search = search(context, entry);
        }
        ManifestEntry complete = witness.complete(pending, entry, search);
        Outputs outputs = Outputs.of(context, capture.outputs(), finished);
        Optional<String> bound = placement.bound(context, complete, outputs.asTheyAre(), finished);
        bound = bound.or(outputs::unsplit);
        ManifestEntry placed = placed(pending, complete, bound);
        // What the compiler stands beside is looked at now and compared with what it was when the compiler was
        // identified.
        InputSet inputs = verifier.inputs(context, placed, search);
        if (!surroundings.test(context.compiler())) {
            throw new Doubt(
                    "input_changed", "the surroundings of " + pending.request().compiler());
        }
        ManifestEntry anywhere = context.anywhere(placed);
        StoreResult result =
                cache.store(pending.key(), anywhere, outputs.artifact(bound.isEmpty()), upload.apply(anywhere));
        if (result instanceof StoreResult.Refused(String reason, String detail)) {
            return new Result.NotStored(reason, detail);
        }
        pending.event().artifact(placed.artifact().hex());
        Recollection recollection = new Recollection(
                Target.of(context.compilation()),
                inputs,
                placed.conditions(),
                context.mapping().notes(),
                bound.isPresent() ? Roots.NONE : context.roots(),
                pending.key(),
                pending.key(),
                placed.artifact());
        return new Result.Stored(
                recollection,
                anywhere,
                bound.map(why -> List.of("paths: path_sensitive_output: " + why))
                        .orElse(List.of()));
    }

    private IncludeSearch search(Context context, ManifestEntry entry) throws Doubt {
        return verifier.search(context, entry)
                .orElseThrow(
                        () -> new Doubt("input_changed", context.compilation().source()));
    }

    private static boolean isForeignHeader(Context context, String path) {
        return Scans.isPrecompiled(path)
                && !path.equals(IncludeSearch.plain(context.compilation().output()));
    }

    /**
     * Where a precompiled header may have been used, the dependency list says nothing of what is in it. Then every file that
     * any include could mean counts as read, and so on for what those include.
     */
    private ManifestEntry closure(Pending pending, ManifestEntry first) throws Doubt {
        ManifestEntry entry = first;
        for (boolean grown = true; grown; ) {
            Set<String> known = new LinkedHashSet<>();
            entry.inputs().forEach(input -> known.add(IncludeSearch.plain(input.path())));
            List<ManifestEntry.Input> inputs = new ArrayList<>(entry.inputs());
            for (String path : search(pending.context(), entry).found()) {
                boolean own = isSource(pending.context().compilation(), path)
                        || path.equals(IncludeSearch.plain(
                                pending.context().compilation().output()));
                if (!own && witness.isRegular(pending, path) && known.add(path)) {
                    inputs.add(new ManifestEntry.Input(path, witness.unchanged(pending, path)));
                }
            }
            grown = inputs.size() > entry.inputs().size();
            entry = entry.withInputs(inputs);
        }
        return entry;
    }

    /** Completes an entry by its artifact's key and the place that it is good for. */
    private static ManifestEntry placed(Pending pending, ManifestEntry entry, Optional<String> bound) {
        Context context = pending.context();
        String place = bound.isPresent() ? context.roots().identity() : "";
        return entry.leadingTo(ArtifactKey.of(context, pending.key(), entry, place), place);
    }
}
