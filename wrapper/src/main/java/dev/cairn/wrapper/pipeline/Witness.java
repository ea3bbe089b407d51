package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Digest;
import dev.cairn.cache.FileSignature;
import dev.cairn.cache.FileState;
import dev.cairn.cache.FileStates;
import dev.cairn.cache.Listing;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.cache.ManifestEntry.Condition;
import dev.cairn.wrapper.family.Compilation;
import dev.cairn.wrapper.family.Dialect;
import dev.cairn.wrapper.family.IncludeScan;
import dev.cairn.wrapper.family.Language;
import dev.cairn.wrapper.family.ResponseFile;
import dev.cairn.wrapper.family.SideOutput;
import dev.cairn.wrapper.protocol.Finished;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Vouches for what a compilation read and wrote, after its end; what it cannot vouch for is a {@link Doubt}. Thread-safe. */
final class Witness {
    private final FileStates files;
    private final Scans scans;
    private final Conditions conditions;

    Witness(FileStates files, Scans scans, Conditions conditions) {
        this.files = files;
        this.scans = scans;
        this.conditions = conditions;
    }

    /** The compiler must be the one that the key was made of, all the time that it ran. */
    void checkTools(Pending pending) throws Doubt {
        Context context = pending.context();
        for (int i = 0; i < context.compiler().tools().size(); i++) {
            String tool = context.compiler().tools().get(i);
            if (!unchanged(pending, tool).equals(context.compiler().contents().get(i))) {
                throw new Doubt("input_changed", tool);
            }
        }
    }

    /** So must be its other inputs, and its response files those that were parsed. */
    void checkGiven(Pending pending) throws Doubt {
        Context context = pending.context();
        for (int i = 0; i < context.inputs().size(); i++) {
            String path = context.compilation().line().inputs().get(i);
            if (!unchanged(pending, path).equals(context.inputs().get(i))) {
                throw new Doubt("input_changed", path);
            }
        }
        for (ResponseFile parsed : context.compilation().line().responseFiles()) {
            if (!unchanged(pending, parsed.path()).equals(parsed.content())) {
                throw new Doubt("input_changed", parsed.path());
            }
        }
    }

    /** An output counts only if this run wrote it. */
    List<Written> outputs(Pending pending) throws Doubt {
        Compilation compilation = pending.context().compilation();
        List<Written> outputs = new ArrayList<>();
        if (compilation.depfile().isPresent()) {
            String path = compilation.depfile().get().path();
            outputs.add(written(pending, Roles.DEPFILE, path).orElseThrow(() -> missing(path)));
        }
        for (SideOutput side : compilation.sideOutputs()) {
            Optional<Written> found = written(pending, Roles.of(side.role()), side.path());
            if (found.isPresent() && !isSurelyNew(pending, side.path())) {
                throw new Doubt("output_missing", side.path() + " may be of an earlier run");
            }
            found.ifPresent(outputs::add);
        }
        Written main = written(pending, Roles.MAIN, compilation.output())
                .filter(output -> output.size() > 0)
                .orElseThrow(() -> missing(compilation.output()));
        outputs.add(main);
        return outputs;
    }

    /**
     * A file that a run wrote.
     *
     * @param path absolute
     */
    record Written(String role, String path, long size) {}

    private static Doubt missing(String path) {
        return new Doubt("output_missing", path + " was not written by this run, or is empty");
    }

    private Optional<Written> written(Pending pending, String role, String path) {
        String absolute = pending.context().absolute(path);
        return files.at(absolute)
                .signature()
                .filter(signature -> signature.isRegular() && !signature.isSettledBefore(pending.started()))
                .map(signature -> new Written(role, absolute, signature.size()));
    }

    /** The main output is written by every run that succeeds; of the others only a stamp can tell. */
    private boolean isSurelyNew(Pending pending, String path) {
        return files.at(pending.context().absolute(path))
                .signature()
                .filter(signature -> signature.ctime() >= pending.started())
                .isPresent();
    }

    boolean isRegular(Pending pending, String path) {
        return files.at(pending.context().absolute(path))
                .signature()
                .filter(FileSignature::isRegular)
                .isPresent();
    }

    /** Returns a file's content, which must be what it was before the compiler started. */
    Digest unchanged(Pending pending, String path) throws Doubt {
        FileState state = files.at(pending.context().absolute(path))
                .current()
                .orElseThrow(() -> new Doubt("dependencies_unknown", path + " can't be read"));
        if (!state.signature().isSettledBefore(pending.started())) {
            throw new Doubt("input_changed", path);
        }
        checkWay(pending, path);
        return state.content();
    }

    /** A file can be exchanged by moving a directory or a link on the way to it. */
    private static void checkWay(Pending pending, String path) throws Doubt {
        if (pending.way().movedSince(pending.context().absolute(path), pending.started())) {
            throw new Doubt("input_changed", path + " (a directory or link on the way to it)");
        }
    }

    /** Messages quote the lines of files that a {@code #line} names; such files would be inputs then. */
    void checkLineFiles(Pending pending, Finished finished, List<ManifestEntry.Input> inputs) throws Doubt {
        Compilation compilation = pending.context().compilation();
        if (finished.stdout().length == 0 && finished.stderr().length == 0) {
            return;
        }
        if (compilation.language() == Language.PREPROCESSED) {
            throw new Doubt("line_directive_warnings", "messages about a source that is already preprocessed");
        }
        Set<String> read = new LinkedHashSet<>(List.of(compilation.source()));
        Set<String> named = new LinkedHashSet<>(
                scan(pending, compilation.source(), pending.context().source()).lineFiles());
        for (ManifestEntry.Input input : inputs) {
            read.add(input.path());
            named.addAll(scan(pending, input.path(), input.content()).lineFiles());
        }
        named.removeAll(read);
        named.removeIf(path -> path.startsWith("<"));
        if (!named.isEmpty()) {
            throw new Doubt("line_directive_warnings", named.iterator().next());
        }
    }

    /** Scans the source while it is there; what is known by its content stays known. */
    void scanSource(Pending pending) throws Doubt {
        if (pending.context().compilation().language().goesThroughPreprocessor()) {
            scan(
                    pending,
                    pending.context().compilation().source(),
                    pending.context().source());
        }
    }

    private IncludeScan scan(Pending pending, String path, Digest content) throws Doubt {
        return scans.of(files.at(pending.context().absolute(path)), content)
                .orElseThrow(() -> new Doubt("input_changed", path));
    }

    /** Adds what was there and was not read, and everything else that the result rests on. */
    ManifestEntry complete(Pending pending, ManifestEntry entry, IncludeSearch search) throws Doubt {
        Context context = pending.context();
        Set<String> read = new LinkedHashSet<>();
        read.add(IncludeSearch.plain(context.compilation().source()));
        read.add(IncludeSearch.plain(context.compilation().output()));
        Set<IncludeScan.Clock> clocks = EnumSet.noneOf(IncludeScan.Clock.class);
        check(pending, context.compilation().source(), context.source(), clocks);
        boolean precompiled = context.compilation().line().inputs().stream().anyMatch(Scans::isPrecompiled);
        for (ManifestEntry.Input input : entry.inputs()) {
            read.add(IncludeSearch.plain(input.path()));
            if (Scans.isPrecompiled(input.path())) {
                precompiled = true;
            } else {
                check(pending, input.path(), input.content(), clocks);
            }
        }
        List<String> present = unread(pending, search, read);
        checkQuestions(pending, search, read);
        List<Condition> all = new ArrayList<>(times(pending, entry, clocks));
        boolean clangHeader = context.compiler().dialect() == Dialect.CLANG
                && (precompiled || context.compilation().language() == Language.HEADER);
        if (clangHeader) {
            addStamps(pending, entry, all);
        }
        all.addAll(onceOnly(pending, entry, present));
        List<String> probed =
                search.foundByProbe().stream().filter(present::contains).toList();
        return new ManifestEntry(
                entry.inputs(),
                entry.searched(),
                present,
                probed,
                List.copyOf(new LinkedHashSet<>(all)),
                entry.bound(),
                entry.artifact());
    }

    /** What makes the time macros say the same again. */
    private List<Condition> times(Pending pending, ManifestEntry entry, Set<IncludeScan.Clock> clocks) throws Doubt {
        Context context = pending.context();
        List<Condition> all = new ArrayList<>();
        boolean given =
                Conditions.hasEpoch(context.request()) && context.compiler().readsEpoch();
        if (clocks.contains(IncludeScan.Clock.TIME) || clocks.contains(IncludeScan.Clock.DATE)) {
            all.add(Conditions.epoch(context.request()));
        }
        if (clocks.contains(IncludeScan.Clock.TIME) && !given) {
            throw new Doubt("time_macro", "__TIME__");
        }
        if (clocks.contains(IncludeScan.Clock.DATE) && !given) {
            all.add(conditions
                    .dayOf(context.request(), pending.started())
                    .orElseThrow(() -> new Doubt("time_macro", "__DATE__ at midnight, or in an unknown time zone")));
        }
        if (clocks.contains(IncludeScan.Clock.TIMESTAMP)) {
            all.add(Conditions.zoneOf(context.request()));
            addStamps(pending, entry, all);
        }
        return all;
    }

    /** The stamps must be those of the files that were read. */
    private void addStamps(Pending pending, ManifestEntry entry, List<Condition> all) throws Doubt {
        String source = pending.context().compilation().source();
        all.add(conditions.stamp(pending.request(), source));
        unchanged(pending, source);
        for (ManifestEntry.Input input : entry.inputs()) {
            all.add(conditions.stamp(pending.request(), input.path()));
            unchanged(pending, input.path());
        }
    }

    /**
     * Which of two equal files is skipped by {@code #pragma once} depends on more than their content, unless they are one
     * file by two names; that they are is then a condition.
     */
    private List<Condition> onceOnly(Pending pending, ManifestEntry entry, List<String> present) throws Doubt {
        List<Condition> same = new ArrayList<>();
        Map<Digest, String> first = new HashMap<>();
        first.put(pending.context().source(), pending.context().compilation().source());
        Map<Digest, String> once = new HashMap<>();
        for (ManifestEntry.Input input : entry.inputs()) {
            String before = first.putIfAbsent(input.content(), input.path());
            if (!Scans.isPrecompiled(input.path())
                    && scan(pending, input.path(), input.content()).once()) {
                once.putIfAbsent(input.content(), before == null ? input.path() : before);
            }
            if (before != null && once.containsKey(input.content())) {
                same.add(oneFile(pending, before, input.path()));
            }
        }
        for (String path : once.isEmpty() ? List.<String>of() : present) {
            Optional<Digest> content =
                    files.at(pending.context().absolute(path)).content();
            if (content.isPresent() && once.containsKey(content.get())) {
                same.add(oneFile(pending, String.valueOf(once.get(content.get())), path));
            }
        }
        return same;
    }

    private Condition oneFile(Pending pending, String one, String other) throws Doubt {
        Condition same = Conditions.same(one, other);
        if (conditions.broken(pending.request(), List.of(same)).isPresent()) {
            throw new Doubt("dependencies_unknown", other + " equals another file, with #pragma once");
        }
        return same;
    }

    /** A name that was there when it was asked for, and has gone since, would count as one that was not. */
    private void checkQuestions(Pending pending, IncludeSearch search, Set<String> read) throws Doubt {
        Set<String> probed = search.probes().components();
        for (String directory : search.probes().asked().keySet()) {
            if (mayHaveLost(pending, directory, search.listing(directory), probed)) {
                throw new Doubt("input_changed", directory + " (what was asked for there may have gone)");
            }
        }
        Set<String> precompiled = search.precompiled().components();
        for (Map.Entry<String, Set<String>> asked : search.precompiled().asked().entrySet()) {
            String directory = asked.getKey();
            boolean lost = mayHaveLost(pending, directory, search.listing(directory), precompiled);
            if (lost && (pending.survey().at(directory).isPresent() || !isAllRead(asked.getValue(), read))) {
                throw new Doubt("input_changed", directory + " (a precompiled header there may have gone)");
            }
        }
    }

    /** GCC does not list a header of which it took the precompiled form. */
    private static boolean isAllRead(Set<String> precompiled, Set<String> read) {
        return precompiled.stream().map(Scans::headerOf).allMatch(read::contains);
    }

    private boolean mayHaveLost(Pending pending, String directory, Listing now, Set<String> names) {
        if (isUnchanged(pending, directory)) {
            return false;
        }
        Optional<Listing> before = pending.survey().at(directory);
        if (before.isEmpty()) {
            return files.at(directory).signature().isPresent(); // had it gone, it would be missing where it was
        }
        return !(before.get() instanceof Listing.Names(Set<String> there))
                || names.stream().anyMatch(name -> there.contains(name) && !now.has(name));
    }

    private boolean isUnchanged(Pending pending, String directory) {
        return files.at(directory)
                        .signature()
                        .filter(signature -> signature.isSettledBefore(pending.started()))
                        .isPresent()
                && !pending.way().movedSince(directory + "/.", pending.started());
    }

    private List<String> unread(Pending pending, IncludeSearch search, Set<String> read) throws Doubt {
        List<String> present = new ArrayList<>();
        for (String path : search.found()) {
            if (read.contains(path)) {
                continue;
            }
            if (Scans.isPrecompiled(path)) {
                throw new Doubt("pch_present", path);
            }
            Optional<FileSignature> signature =
                    files.at(pending.context().absolute(path)).signature();
            checkWay(pending, path);
            boolean directory = signature.filter(FileSignature::isDirectory).isPresent();
            boolean decides = !directory || search.foundByProbe().contains(path);
            if (decides
                    && signature
                            .filter(s -> s.isSettledBefore(pending.started()))
                            .isEmpty()) {
                throw new Doubt("input_changed", path);
            }
            present.add(directory ? path + "/" : path);
        }
        return present;
    }

    private void check(Pending pending, String path, Digest content, Set<IncludeScan.Clock> clocks) throws Doubt {
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
        if (scan.computedProbe()) {
            throw new Doubt("computed_has_include", path);
        }
        clocks.addAll(scan.clocks());
    }
}
