package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.FileStates;
import dev.cairn.wrapper.config.Settings;
import dev.cairn.wrapper.family.Compilation;
import dev.cairn.wrapper.family.Compiler;
import dev.cairn.wrapper.family.Language;
import dev.cairn.wrapper.protocol.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Phase: decides whether a checkout's place is kept out of a compilation's outputs and key. Thread-safe. */
final class PathMapping {
    private final RootFinder finder;

    PathMapping(FileStates files) {
        this.finder = new RootFinder(files);
    }

    /**
     * A decision.
     *
     * @param roots the directories that are mapped; none when the place belongs to the key
     * @param word {@code mapped}, or why not
     * @param notes lines for a person: what was decided and which arguments stand in the way of sharing
     * @param seen files whose existence led to the roots
     * @param missing files whose absence did
     */
    record Decision(Roots roots, String word, List<String> notes, List<String> seen, List<String> missing) {
        static Decision none(String word, String detail) {
            return new Decision(Roots.NONE, word, List.of(line(word, detail)), List.of(), List.of());
        }
    }

    Decision decide(Request request, Settings settings, Compiler compiler, Compilation compilation) {
        if (settings.pathRemap() == Settings.PathRemap.OFF) {
            return Decision.none("remap_off", "CAIRN_PATH_REMAP=off");
        }
        Optional<String> bound = compilation.line().bound();
        if (bound.isPresent()) {
            return Decision.none("path_sensitive_flag", bound.get());
        }
        if (!compilation.language().goesThroughPreprocessor() || compilation.language() == Language.HEADER) {
            return Decision.none("path_sensitive_output", compilation.source());
        }
        if (!compiler.mapsPaths()) {
            return Decision.none("compiler_without_mapping", request.compiler());
        }
        RootFinder.Found found = finder.find(request, compilation.source(), settings.worktreeRoots());
        if (found.roots().isEmpty()) {
            return new Decision(
                    Roots.NONE,
                    "no_root",
                    List.of(line("no_root", "no Git checkout around " + request.directory())),
                    found.seen(),
                    found.missing());
        }
        Optional<String> awkward = found.roots().awkward();
        if (awkward.isPresent()) {
            return Decision.none("unmappable_root", awkward.get());
        }
        return new Decision(found.roots(), "mapped", notes(found.roots(), compilation), found.seen(), found.missing());
    }

    private static List<String> notes(Roots roots, Compilation compilation) {
        List<String> notes = new ArrayList<>();
        notes.add(line("mapped", String.join(" ", roots.mapArguments())));
        if (compilation.line().ownMapping()) {
            notes.add(line("user_mapping", "the command line's own mappings win"));
        }
        compilation.line().searched().stream()
                .filter(path -> path.startsWith("/") && roots.normalise(path).equals(path))
                .limit(3)
                .forEach(path -> notes.add(line("path_outside_root", path)));
        compilation.line().words().stream()
                .filter(word -> word.start() < 0)
                .filter(word -> roots.names().stream().anyMatch(word.text()::contains))
                .limit(3)
                .forEach(word -> notes.add(line("path_in_argument", word.text())));
        return notes;
    }

    private static String line(String word, String detail) {
        return "paths: " + word + ": " + detail;
    }
}
