package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.DirectoryStates;
import dev.cairn.cache.FileSignature;
import dev.cairn.cache.FileStates;
import dev.cairn.cache.Listing;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.cache.WatchedFile;
import dev.cairn.wrapper.family.Compilation;
import dev.cairn.wrapper.family.Compiler;
import dev.cairn.wrapper.family.IncludeScan;
import dev.cairn.wrapper.family.ResponseFile;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Judges manifest entries against the file system as it is now. Thread-safe. */
final class Verifier {
    private final FileStates files;
    private final DirectoryStates directories;
    private final Scans scans;
    private final Conditions conditions;
    private final InputSet.Commons commons = new InputSet.Commons();
    private final Headers.Known known = new Headers.Known();

    Verifier(FileStates files, DirectoryStates directories, Scans scans, Conditions conditions) {
        this.conditions = conditions;
        this.files = files;
        this.directories = directories;
        this.scans = scans;
    }

    /** What a manifest entry is worth now. */
    sealed interface Verdict {
        /** It holds, and rests on these inputs. */
        record Holds(InputSet inputs) implements Verdict {}

        /** A file's content is another one, or it is gone. */
        record Changed(String path) implements Verdict {}

        /** A file stands where there was none, or the other way round. */
        record Shadowed(String path) implements Verdict {}

        /** Something else that it rests on is not so. */
        record Broken(ManifestEntry.Condition condition) implements Verdict {}
    }

    /** Judges an entry of a context; its paths are those of this checkout. */
    Verdict judge(Context context, ManifestEntry entry) {
        Optional<IncludeScan> own = ownScan(context);
        Optional<Verdict> shared = own.flatMap(scan -> known.of(context, entry, scan))
                .map(headers -> conclude(context, entry, headers))
                .filter(verdict -> verdict instanceof Verdict.Holds);
        return shared.orElseGet(() -> judge(context, entry, own));
    }

    private Verdict judge(Context context, ManifestEntry entry, Optional<IncludeScan> own) {
        for (ManifestEntry.Input input : entry.inputs()) {
            if (!at(context, input.path()).has(input.content())) {
                return new Verdict.Changed(input.path());
            }
        }
        for (String path : entry.probed()) {
            if (at(context, path).signature().isEmpty()) {
                return new Verdict.Shadowed(path);
            }
        }
        for (String path : entry.present()) {
            if (path.endsWith("/") && isRegular(at(context, withoutSlash(path)))) {
                return new Verdict.Shadowed(path);
            }
        }
        if (!isPreprocessed(context)) {
            return conclude(context, entry, headers(context, entry, newSearch(context), Set.of()));
        }
        Optional<Headers> headers = own.flatMap(scan -> headers(context, entry, scan));
        return headers.map(found -> conclude(context, entry, found))
                .orElseGet(() -> new Verdict.Changed(context.compilation().source()));
    }

    /** Judges the rest of an entry; what rests on the headers holds. */
    private Verdict conclude(Context context, ManifestEntry entry, Headers headers) {
        Optional<ManifestEntry.Condition> broken = conditions.broken(context.request(), entry.conditions());
        if (broken.isPresent()) {
            return new Verdict.Broken(broken.get());
        }
        IncludeSearch own = newSearch(context);
        if (!headers.bases().isEmpty()) {
            own.computed(List.of(context.compilation().source()), headers.bases(), entry.searched());
            own.run(entry.searched());
        }
        Optional<String> stranger = stranger(context.compilation(), entry, headers.strangers(), own.found());
        return stranger.<Verdict>map(Verdict.Shadowed::new)
                .orElseGet(() -> new Verdict.Holds(inputs(context, headers, own)));
    }

    private static boolean isRegular(WatchedFile file) {
        return file.signature().filter(FileSignature::isRegular).isPresent();
    }

    /**
     * Returns a file that stands where an include would find it and that the entry knows nothing of.
     *
     * @param strangers what of that was found for the headers
     * @param own what was found for the source
     */
    private static Optional<String> stranger(
            Compilation compilation, ManifestEntry entry, Set<String> strangers, Set<String> own) {
        Set<String> found = new LinkedHashSet<>(strangers);
        if (!own.isEmpty()) {
            found.addAll(strangers(entry, own));
        }
        found.remove(IncludeSearch.plain(compilation.source()));
        found.remove(IncludeSearch.plain(compilation.output()));
        return found.stream().findFirst();
    }

    /** Returns those of some files that are no inputs of an entry, and that it does not know otherwise. */
    private static Set<String> strangers(ManifestEntry entry, Set<String> found) {
        Set<String> strangers = new LinkedHashSet<>(found);
        entry.present().forEach(path -> strangers.remove(withoutSlash(path)));
        entry.inputs().forEach(input -> strangers.remove(IncludeSearch.plain(input.path())));
        return strangers;
    }

    /**
     * Searches all places at which the includes of a compilation could find files.
     *
     * @return empty when a file changed meanwhile
     */
    Optional<IncludeSearch> search(Context context, ManifestEntry entry) {
        IncludeSearch search = newSearch(context);
        if (!isPreprocessed(context)) {
            return Optional.of(search);
        }
        Optional<Set<String>> bases = ownScan(context).flatMap(own -> ask(search, context, entry, own));
        if (bases.isEmpty()) {
            return Optional.empty();
        }
        if (!bases.get().isEmpty()) {
            search.computed(List.of(context.compilation().source()), bases.get(), entry.searched());
        }
        search.run(entry.searched());
        return Optional.of(search);
    }

    /** Returns a survey to be made. */
    Survey survey() {
        return new Survey(directories);
    }

    /** Looks at the directories, as far as that is not done yet, in which any include of a compilation may be searched. */
    void survey(Survey survey, Context context) {
        if (!isPreprocessed(context)) {
            return;
        }
        Set<String> bases = new LinkedHashSet<>(context.searched());
        bases.add("");
        bases.add(IncludeSearch.parent(context.compilation().source()));
        Set<String> below = directoriesAskedIn(context);
        IncludeSearch places = newSearch(context);
        bases.forEach(base -> survey(survey, places.absolute(base), below));
    }

    /** Directories below those searched: where headers ask whether something is there, and where precompiled headers may be. */
    private Set<String> directoriesAskedIn(Context context) {
        Set<String> below = new LinkedHashSet<>(scans.probedDirectories());
        context.compilation().line().forced().forEach(name -> below.addAll(Scans.directoriesOf(name)));
        scans.known(context.source()).ifPresent(own -> {
            own.quoted().forEach(name -> below.addAll(Scans.directoriesOf(name)));
            own.angled().forEach(name -> below.addAll(Scans.directoriesOf(name)));
        });
        return below;
    }

    private static void survey(Survey survey, String directory, Set<String> below) {
        Listing listing = survey.look(directory);
        for (String path : below) {
            int slash = path.indexOf('/');
            String first = slash < 0 ? path : path.substring(0, slash);
            if (first.isEmpty()) {
                survey.look(path);
            } else if (first.equals(".") || first.equals("..") || listing.has(first)) {
                survey.look(directory + "/" + path);
            }
        }
    }

    private IncludeSearch newSearch(Context context) {
        return new IncludeSearch(directories, scans, context.request().directory());
    }

    private static boolean isPreprocessed(Context context) {
        return context.compilation().language().goesThroughPreprocessor();
    }

    /** Returns what the source asks for; empty when it changed meanwhile, or goes through no preprocessor. */
    private Optional<IncludeScan> ownScan(Context context) {
        return isPreprocessed(context)
                ? scans.of(at(context, context.compilation().source()), context.source())
                : Optional.empty();
    }

    /**
     * Tells a search what is asked for, but for names that come from macros and mean the source itself.
     *
     * @return directories in which such names may mean something, none where no name comes from a macro; empty when a file
     *     changed meanwhile
     */
    private Optional<Set<String>> ask(IncludeSearch search, Context context, ManifestEntry entry, IncludeScan own) {
        Compilation compilation = context.compilation();
        search.source(compilation.source(), own);
        search.builtIn("stdc-predef.h");
        compilation.line().forced().forEach(search::forced);
        boolean computed = own.computed();
        List<String> read = new ArrayList<>();
        Set<String> bases = new LinkedHashSet<>(List.of(IncludeSearch.parent(compilation.source())));
        for (ManifestEntry.Input input : entry.inputs()) {
            if (Scans.isPrecompiled(input.path())) {
                continue;
            }
            Optional<IncludeScan> scan = scans.of(at(context, input.path()), input.content());
            if (scan.isEmpty()) {
                return Optional.empty();
            }
            search.file(input.path(), scan.get());
            computed |= scan.get().computed();
            read.add(input.path());
            bases.add(IncludeSearch.parent(input.path()));
        }
        if (!computed) {
            return Optional.of(Set.of());
        }
        search.computed(read, bases, entry.searched());
        return Optional.of(bases);
    }

    /** Finds out about the headers of an entry whose inputs hold; empty when a file changed meanwhile. */
    private Optional<Headers> headers(Context context, ManifestEntry entry, IncludeScan own) {
        IncludeSearch search = newSearch(context);
        Optional<Headers> headers = ask(search, context, entry, own).map(bases -> {
            search.run(entry.searched());
            return headers(context, entry, search, bases);
        });
        headers.ifPresent(found -> known.keep(context, entry, own, found));
        return headers;
    }

    private Headers headers(Context context, ManifestEntry entry, IncludeSearch search, Set<String> bases) {
        return Headers.of(
                strangers(entry, search.found()),
                bases,
                addHeaders(new InputSet.Builder(commons), context, entry, search)
                        .own());
    }

    /** Makes the input set of an entry that was just found to hold, by itself. */
    InputSet inputs(Context context, ManifestEntry entry, IncludeSearch search) {
        return addHeaders(invocation(context), context, entry, search).build();
    }

    private InputSet inputs(Context context, Headers headers, IncludeSearch own) {
        return addDirectories(invocation(context).shared(headers), own).build();
    }

    /** What an invocation rests on beside its headers. */
    private InputSet.Builder invocation(Context context) {
        InputSet.Builder builder = new InputSet.Builder(commons);
        Compiler compiler = context.compiler();
        for (int i = 0; i < compiler.tools().size(); i++) {
            builder.file(files.at(compiler.tools().get(i)), compiler.contents().get(i));
        }
        compiler.absent().forEach(path -> builder.absent(files.at(path)));
        builder.place(files.at(compiler.tools().get(0)));
        compiler.parents().forEach(parent -> builder.unmoved(files.at(parent)));
        context.mapping().seen().forEach(path -> builder.present(files.at(path)));
        context.mapping().missing().forEach(path -> builder.absent(files.at(path)));
        builder.common();
        builder.file(at(context, context.compilation().source()), context.source());
        for (int i = 0; i < context.inputs().size(); i++) {
            String path = context.compilation().line().inputs().get(i);
            builder.file(at(context, path), context.inputs().get(i));
        }
        for (ResponseFile read : context.compilation().line().responseFiles()) {
            builder.file(files.at(read.path()), read.content());
        }
        return builder;
    }

    private InputSet.Builder addHeaders(
            InputSet.Builder builder, Context context, ManifestEntry entry, IncludeSearch search) {
        entry.inputs().forEach(input -> builder.file(at(context, input.path()), input.content()));
        entry.probed().forEach(path -> builder.present(at(context, path)));
        entry.present().stream()
                .filter(path -> path.endsWith("/"))
                .forEach(path -> builder.notRegular(at(context, withoutSlash(path))));
        return addDirectories(builder, search);
    }

    private static InputSet.Builder addDirectories(InputSet.Builder builder, IncludeSearch search) {
        search.directories().forEach(builder::directory);
        return builder;
    }

    /** What was found and was no regular file is kept with a slash at its end. */
    private static String withoutSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private WatchedFile at(Context context, String path) {
        return files.at(context.absolute(path));
    }
}
