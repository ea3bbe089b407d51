package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.wrapper.family.Compilation;
import dev.cairn.wrapper.family.Compiler;
import dev.cairn.wrapper.family.Word;
import dev.cairn.wrapper.protocol.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Everything that decides a compilation's result, but for the other files it reads. Immutable.
 *
 * @param mapping what is done about the checkout's place
 * @param logicalDirectory the working directory as compilers record it
 * @param source content of the source
 * @param inputs contents of the files that options name, in order
 */
record Context(
        Request request,
        Compiler compiler,
        Compilation compilation,
        PathMapping.Decision mapping,
        String logicalDirectory,
        Digest source,
        List<Digest> inputs) {

    /** Raised by every change that corrects an answer, so that an entry that was wrong is never found again. */
    static final long SCHEMA = 4;

    Context {
        inputs = List.copyOf(inputs);
    }

    Roots roots() {
        return mapping.roots();
    }

    /** Returns the variables that decide the result, by name. */
    SortedMap<String, String> environment() {
        return RelevantEnvironment.deciding(request);
    }

    /** Returns the context key. */
    Digest key() {
        Roots roots = roots();
        SortedMap<String, String> environment = environment();
        Hasher hasher = Hasher.of("context")
                .putLong(SCHEMA)
                .put(compiler.identity())
                .putAll(compiler.searched().stream().map(roots::normalise).toList())
                .put(request.compiler().substring(request.compiler().lastIndexOf('/') + 1))
                .putAll(normalised(compilation.words()))
                .put(roots.isEmpty() ? "as it is" : "mapped")
                .put(roots.normalise(logicalDirectory))
                .putLong(environment.size());
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            hasher.put(variable.getKey()).put(variable.getValue());
        }
        hasher.putLong(request.stderrTerminal() ? 1 : 0)
                .put(compilation.line().nativeProcessor() ? Processor.description() : "")
                .put(source)
                .putLong(inputs.size());
        inputs.forEach(hasher::put);
        return hasher.finish();
    }

    private List<String> normalised(List<Word> words) {
        return words.stream().map(roots()::normalise).toList();
    }

    /** Returns the directories that includes are searched in, in order. */
    List<String> searched() {
        List<String> searched = new ArrayList<>(compilation.line().searched());
        searched.addAll(compiler.searched());
        return List.copyOf(searched);
    }

    /** Returns the absolute path of a path of this compilation. */
    String absolute(String path) {
        return request.absolute(path);
    }

    /** Returns an entry with the paths that it has in this checkout. */
    ManifestEntry here(ManifestEntry stored) {
        return stored.withPaths(roots()::expand);
    }

    /** Returns an entry with the paths that it has in every checkout. */
    ManifestEntry anywhere(ManifestEntry entry) {
        return entry.withPaths(roots()::normalise);
    }
}
