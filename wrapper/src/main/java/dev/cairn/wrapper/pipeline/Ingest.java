package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.ArtifactCache.StoreResult;
import dev.cairn.cache.Digest;
import dev.cairn.cache.FileSignature;
import dev.cairn.cache.FileStates;
import dev.cairn.cache.Hasher;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.cache.NewArtifact;
import dev.cairn.wrapper.family.Compilation;
import dev.cairn.wrapper.family.IncludeScan;
import dev.cairn.wrapper.family.Language;
import dev.cairn.wrapper.protocol.Finished;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Phase: after a compilation, finds out what it read, checks that nothing of that changed meanwhile, and stores what it
 * made. Whatever is in doubt is not stored. Thread-safe.
 */
final class Ingest {
    private final FileStates files;
    private final Verifier verifier;
    private final Scans scans;

    Ingest(FileStates files, Verifier verifier, Scans scans) {
        this.files = files;
        this.verifier = verifier;
        this.scans = scans;
    }

    /** What became of a compilation's result. */
    sealed interface Result {
        /** Stored, and found again under these inputs. */
        record Stored(Recollection recollection) implements Result {}

        /** Not stored; {@code reason} is a word for statistics, {@code detail} one line. */
        record NotStored(String reason, String detail) implements Result {}
    }

    Result take(ArtifactCache cache, Pending pending, Finished finished) {
        if (finished.signalled()) {
            return new Result.NotStored("killed", "signal " + (finished.waitStatus() & 0x7f));
        }
        if (finished.exitCode() != 0) {
            return new Result.NotStored("compilation_failed", "exit code " + finished.exitCode());
        }
        if (finished.outputCut()) {
            return new Result.NotStored("output_cut", "more messages than a launcher keeps");
        }
        try {
            checkTools(pending);
            List<NewArtifact.NewOutput> outputs = outputs(pending);
            ManifestEntry entry = entry(pending, finished);
            return store(cache, pending, entry, new NewArtifact(outputs, finished.stdout(), finished.stderr()));
        } catch (Doubt doubt) {
            return new Result.NotStored(doubt.reason, doubt.detail);
        }
    }

    /** Something that forbids storing. */
    private static final class Doubt extends Exception {
        private static final long serialVersionUID = 1;
        private final String reason;
        private final String detail;

        Doubt(String reason, String detail) {
            super(reason, null, false, false);
            this.reason = reason;
            this.detail = detail;
        }
    }

    private Result store(ArtifactCache cache, Pending pending, ManifestEntry entry, NewArtifact artifact) throws Doubt {
        Context context = pending.context();
        IncludeSearch search = verifier.search(context.directory(), context.compilation(), context.source(), entry)
                .orElseThrow(
                        () -> new Doubt("input_changed", context.compilation().source()));
        ManifestEntry complete = complete(pending, entry, search);
        StoreResult result = cache.store(pending.key(), complete, artifact);
        if (result instanceof StoreResult.Refused(String reason, String detail)) {
            return new Result.NotStored(reason, detail);
        }
        pending.event().artifact(complete.artifact().hex());
        InputSet inputs = verifier.inputs(
                context.directory(), pending.compiler(), context.compilation(), context.source(), complete, search);
        return new Result.Stored(new Recollection(context.compilation(), inputs, pending.key(), complete.artifact()));
    }

    /** The compiler and its response files must be those that the key was made of, all the time that it ran. */
    private void checkTools(Pending pending) throws Doubt {
        for (int i = 0; i < pending.compiler().tools().size(); i++) {
            String tool = pending.compiler().tools().get(i);
            if (!unchanged(pending, tool).equals(pending.compiler().contents().get(i))) {
                throw new Doubt("input_changed", tool);
            }
        }
        for (String path : pending.context().compilation().responseFiles()) {
            unchanged(pending, path);
        }
    }

    private List<NewArtifact.NewOutput> outputs(Pending pending) throws Doubt {
        Compilation compilation = pending.context().compilation();
        List<NewArtifact.NewOutput> outputs = new ArrayList<>();
        if (compilation.depfile().isPresent()) {
            outputs.add(
                    output(pending, Roles.DEPFILE, compilation.depfile().get().path()));
        }
        outputs.add(output(pending, Roles.MAIN, compilation.output()));
        return outputs;
    }

    /** An output counts only if this run wrote it, and wrote something. */
    private NewArtifact.NewOutput output(Pending pending, String role, String path) throws Doubt {
        String absolute = pending.request().absolute(path);
        FileSignature signature = files.at(absolute)
                .signature()
                .filter(FileSignature::isRegular)
                .orElseThrow(() -> new Doubt("output_missing", path));
        if (signature.size() == 0 || signature.ctime() < pending.started()) {
            throw new Doubt("output_missing", path + " was not written by this run, or is empty");
        }
        return new NewArtifact.NewOutput(role, absolute);
    }

    private ManifestEntry entry(Pending pending, Finished finished) throws Doubt {
        Compilation compilation = pending.context().compilation();
        List<String> searched = new ArrayList<>(compilation.searched());
        searched.addAll(pending.compiler().searched());
        List<ManifestEntry.Input> inputs = new ArrayList<>();
        for (String path : dependencies(pending, finished)) {
            if (!isSource(compilation, path)) {
                inputs.add(new ManifestEntry.Input(path, unchanged(pending, path)));
            }
        }
        if (!unchanged(pending, compilation.source()).equals(pending.context().source())) {
            throw new Doubt("input_changed", compilation.source());
        }
        addLineFiles(pending, finished, inputs);
        return new ManifestEntry(inputs, searched, List.of(), List.of(), pending.key());
    }

    private Set<String> dependencies(Pending pending, Finished finished) throws Doubt {
        Compilation compilation = pending.context().compilation();
        if (!compilation.language().goesThroughPreprocessor()) {
            return Set.of();
        }
        Optional<byte[]> rule =
                compilation.depfile().filter(Compilation.Depfile::complete).isPresent()
                        ? DependencyFile.read(pending.request()
                                .absolute(compilation.depfile().get().path()))
                        : finished.dependencies();
        if (finished.scanFailed() || rule.isEmpty()) {
            throw new Doubt("dependencies_unknown", "no dependency list was made");
        }
        List<String> paths = DependencyFile.parse(rule.get());
        if (paths.stream().noneMatch(path -> isSource(compilation, path))) {
            throw new Doubt("dependencies_unknown", "the dependency list does not name the source");
        }
        return new LinkedHashSet<>(paths);
    }

    /** Compilers leave a {@code ./} in front out of their lists. */
    private static boolean isSource(Compilation compilation, String path) {
        return IncludeSearch.plain(path).equals(IncludeSearch.plain(compilation.source()));
    }

    /** Returns a file's content, which must be what it was before the compiler started. */
    private Digest unchanged(Pending pending, String path) throws Doubt {
        var state = files.at(pending.request().absolute(path))
                .current()
                .orElseThrow(() -> new Doubt("dependencies_unknown", path + " can't be read"));
        if (state.signature().ctime() >= pending.started()) {
            throw new Doubt("input_changed", path);
        }
        checkWay(pending, path);
        return state.content();
    }

    /** A file can be exchanged by moving a directory or a link on the way to it. */
    private static void checkWay(Pending pending, String path) throws Doubt {
        if (pending.way().movedSince(pending.request().absolute(path), pending.started())) {
            throw new Doubt("input_changed", path + " (a directory or link on the way to it)");
        }
    }

    /** Messages quote the lines of files that a {@code #line} names; such files are inputs then. */
    private void addLineFiles(Pending pending, Finished finished, List<ManifestEntry.Input> inputs) throws Doubt {
        Compilation compilation = pending.context().compilation();
        boolean silent = finished.stdout().length == 0 && finished.stderr().length == 0;
        if (silent) {
            return;
        }
        if (compilation.language() == Language.PREPROCESSED) {
            throw new Doubt("line_directive_warnings", "messages about a source that is already preprocessed");
        }
        List<String> paths = new ArrayList<>(List.of(compilation.source()));
        inputs.forEach(input -> paths.add(input.path()));
        Set<String> named = new LinkedHashSet<>();
        for (String path : paths) {
            named.addAll(scan(pending, path, unchanged(pending, path)).lineFiles());
        }
        named.removeAll(paths);
        named.removeIf(path -> path.startsWith("<"));
        if (!named.isEmpty()) {
            throw new Doubt("line_directive_warnings", named.iterator().next());
        }
    }

    private IncludeScan scan(Pending pending, String path, Digest content) throws Doubt {
        return scans.of(files.at(pending.request().absolute(path)), content)
                .orElseThrow(() -> new Doubt("input_changed", path));
    }

    /** Adds what was there and was not read, and makes the artifact key. */
    private ManifestEntry complete(Pending pending, ManifestEntry entry, IncludeSearch search) throws Doubt {
        Compilation compilation = pending.context().compilation();
        Set<String> read = new LinkedHashSet<>();
        read.add(IncludeSearch.plain(compilation.source()));
        check(pending, compilation.source(), pending.context().source());
        Hasher artifact = Hasher.of("artifact").put(pending.key());
        for (ManifestEntry.Input input : entry.inputs()) {
            check(pending, input.path(), input.content());
            read.add(IncludeSearch.plain(input.path()));
            artifact.put(input.path()).put(input.content());
        }
        List<String> present = unread(pending, search.found(), read);
        checkOnce(pending, entry, present);
        List<String> probed =
                search.foundByProbe().stream().filter(present::contains).toList();
        return new ManifestEntry(entry.inputs(), entry.searched(), present, probed, artifact.finish());
    }

    /** Which of two equal files is skipped by {@code #pragma once} depends on more than their content. */
    private void checkOnce(Pending pending, ManifestEntry entry, List<String> present) throws Doubt {
        Set<Digest> read = new HashSet<>(List.of(pending.context().source()));
        Set<Digest> once = new HashSet<>();
        for (ManifestEntry.Input input : entry.inputs()) {
            boolean again = !read.add(input.content());
            if (scan(pending, input.path(), input.content()).once()) {
                once.add(input.content());
            }
            if (again && once.contains(input.content())) {
                throw new Doubt("dependencies_unknown", input.path() + " equals another file, with #pragma once");
            }
        }
        for (String path : once.isEmpty() ? List.<String>of() : present) {
            Optional<Digest> content =
                    files.at(pending.request().absolute(path)).content();
            if (content.filter(once::contains).isPresent()) {
                throw new Doubt("dependencies_unknown", path + " equals a file that was read, with #pragma once");
            }
        }
    }

    private List<String> unread(Pending pending, Set<String> found, Set<String> read) throws Doubt {
        List<String> present = new ArrayList<>();
        for (String path : found) {
            if (read.contains(path)) {
                continue;
            }
            if (path.endsWith(".gch") || path.endsWith(".pch")) {
                throw new Doubt("pch_present", path);
            }
            Optional<FileSignature> signature =
                    files.at(pending.request().absolute(path)).signature();
            checkWay(pending, path);
            if (signature.filter(FileSignature::isDirectory).isPresent()) {
                present.add(path + "/");
                continue;
            }
            if (signature.isEmpty() || signature.get().ctime() >= pending.started()) {
                throw new Doubt("input_changed", path);
            }
            present.add(path);
        }
        return present;
    }

    private void check(Pending pending, String path, Digest content) throws Doubt {
        if (path.endsWith(".gch") || path.endsWith(".pch")) {
            throw new Doubt("pch_present", path);
        }
        IncludeScan scan = scan(pending, path, content);
        boolean preprocessed = pending.context().compilation().language() == Language.PREPROCESSED;
        if (preprocessed
                && (scan.computed()
                        || !scan.quoted().isEmpty()
                        || !scan.angled().isEmpty())) {
            throw new Doubt("embedded_file", path + " still has include directives");
        }
        if (scan.embedded()) {
            throw new Doubt("embedded_file", path);
        }
        if (scan.timeMacro()) {
            throw new Doubt("time_macro", path);
        }
        if (scan.computedProbe()) {
            throw new Doubt("computed_has_include", path);
        }
    }
}
