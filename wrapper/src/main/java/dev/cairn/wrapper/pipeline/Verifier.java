package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.DirectoryStates;
import dev.cairn.cache.FileSignature;
import dev.cairn.cache.FileStates;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.cache.WatchedFile;
import dev.cairn.wrapper.family.Compilation;
import dev.cairn.wrapper.family.Compiler;
import dev.cairn.wrapper.family.IncludeScan;
import java.util.HashSet;
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
        Optional<ManifestEntry.Condition> broken = conditions.broken(context.request(), entry.conditions());
        if (broken.isPresent()) {
            return new Verdict.Broken(broken.get());
        }
        Optional<IncludeSearch> search = search(context, entry);
        if (search.isEmpty()) {
            return new Verdict.Changed(context.compilation().source());
        }
        Optional<String> stranger = stranger(context.compilation(), entry, search.get());
        return stranger.<Verdict>map(Verdict.Shadowed::new)
                .orElseGet(() -> new Verdict.Holds(inputs(context, entry, search.get())));
    }

    private static boolean isRegular(WatchedFile file) {
        return file.signature().filter(FileSignature::isRegular).isPresent();
    }

    /** Returns a file that stands where an include would find it and that the entry knows nothing of. */
    private static Optional<String> stranger(Compilation compilation, ManifestEntry entry, IncludeSearch search) {
        Set<String> known = new HashSet<>();
        entry.present().forEach(path -> known.add(withoutSlash(path)));
        entry.inputs().forEach(input -> known.add(IncludeSearch.plain(input.path())));
        known.add(IncludeSearch.plain(compilation.source()));
        known.add(IncludeSearch.plain(compilation.output()));
        return search.found().stream().filter(path -> !known.contains(path)).findFirst();
    }

    /**
     * Searches all places at which the includes of a compilation could find files.
     *
     * @return empty when a file changed meanwhile
     */
    Optional<IncludeSearch> search(Context context, ManifestEntry entry) {
        Compilation compilation = context.compilation();
        IncludeSearch search =
                new IncludeSearch(directories, scans, context.request().directory());
        if (!compilation.language().goesThroughPreprocessor()) {
            return Optional.of(search);
        }
        Optional<IncludeScan> own = scans.of(at(context, compilation.source()), context.source());
        if (own.isEmpty()) {
            return Optional.empty();
        }
        search.source(compilation.source(), own.get());
        search.builtIn("stdc-predef.h");
        compilation.line().forced().forEach(search::forced);
        boolean computed = own.get().computed();
        Set<String> read = new LinkedHashSet<>(List.of(compilation.source()));
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
        }
        if (computed) {
            search.computed(read, entry.searched());
        }
        search.run(entry.searched());
        return Optional.of(search);
    }

    /** Makes the input set of an entry that was just found to hold. */
    InputSet inputs(Context context, ManifestEntry entry, IncludeSearch search) {
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
        for (String path : context.compilation().line().responseFiles()) {
            WatchedFile file = files.at(path);
            file.content().ifPresent(content -> builder.file(file, content));
        }
        entry.inputs().forEach(input -> builder.file(at(context, input.path()), input.content()));
        entry.probed().forEach(path -> builder.present(at(context, path)));
        entry.present().stream()
                .filter(path -> path.endsWith("/"))
                .forEach(path -> builder.notRegular(at(context, withoutSlash(path))));
        search.directories()
                .forEach(seen -> builder.directory(seen.directory(), seen.view().generation()));
        return builder.build();
    }

    /** What was found and was no regular file is kept with a slash at its end. */
    private static String withoutSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private WatchedFile at(Context context, String path) {
        return files.at(context.absolute(path));
    }
}
