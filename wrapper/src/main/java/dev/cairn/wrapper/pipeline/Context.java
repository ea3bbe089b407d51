package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import dev.cairn.wrapper.family.Compilation;
import dev.cairn.wrapper.family.Compiler;
import dev.cairn.wrapper.protocol.Request;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Everything that decides a compilation's result, but for the other files it reads. Immutable.
 *
 * @param compiler identity of the compiler
 * @param searched the directories that it searches by itself: equal tools may stand beside other headers
 * @param compilerName the name it was called by
 * @param environment the deciding variables
 * @param terminal whether messages are made for a terminal
 * @param processor what the processor is, when the output depends on it
 */
record Context(
        Digest compiler,
        List<String> searched,
        String compilerName,
        Compilation compilation,
        String directory,
        SortedMap<String, String> environment,
        boolean terminal,
        String processor,
        Digest source) {

    /** Raised by every change that corrects an answer, so that an entry that was wrong is never found again. */
    static final long SCHEMA = 2;

    static Context of(Request request, Compiler compiler, Compilation compilation, Digest source) {
        return new Context(
                compiler.identity(),
                compiler.searched(),
                request.compiler().substring(request.compiler().lastIndexOf('/') + 1),
                compilation,
                request.directory(),
                RelevantEnvironment.deciding(request),
                request.stderrTerminal(),
                compilation.nativeProcessor() ? Processor.description() : "",
                source);
    }

    /** Returns the context key. */
    Digest key() {
        Hasher hasher = Hasher.of("context")
                .putLong(SCHEMA)
                .put(compiler)
                .putAll(searched)
                .put(compilerName)
                .putAll(compilation.keyArguments())
                .put(directory)
                .putLong(environment.size());
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            hasher.put(variable.getKey()).put(variable.getValue());
        }
        return hasher.putLong(terminal ? 1 : 0).put(processor).put(source).finish();
    }
}
