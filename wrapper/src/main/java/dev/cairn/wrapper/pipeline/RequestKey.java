package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import dev.cairn.wrapper.config.Settings;
import dev.cairn.wrapper.protocol.Request;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Makes the key under which the last verified answer to an invocation is remembered, in memory only. */
final class RequestKey {
    /** The surroundings seen last; requests of one build come with the same unmodifiable instances. */
    private static volatile @Nullable Recent recent;

    private record Recent(Map<String, String> environment, Settings settings, Digest digest) {}

    private RequestKey() {}

    static Digest of(Request request, Settings settings) {
        return Hasher.of("request")
                .put(request.compiler())
                .put(request.directory())
                .putLong(request.device())
                .putLong(request.inode())
                .putLong((request.stdoutTerminal() ? 1 : 0) + (request.stderrTerminal() ? 2 : 0))
                .putAll(request.arguments())
                .put(surroundings(request, settings))
                .finish();
    }

    @SuppressWarnings("ReferenceEquality")
    private static Digest surroundings(Request request, Settings settings) {
        Recent last = recent;
        if (last != null && last.environment == request.environment() && last.settings == settings) {
            return last.digest;
        }
        SortedMap<String, String> relevant = RelevantEnvironment.all(request);
        Hasher hasher = Hasher.of("request environment").putLong(relevant.size());
        for (Map.Entry<String, String> variable : relevant.entrySet()) {
            hasher.put(variable.getKey()).put(variable.getValue());
        }
        // What is set by a variable is in the environment; the rest may be in the file, which may change.
        Digest digest = hasher.put(settings.pathRemap().name())
                .put(settings.strictPaths().name())
                .putAll(settings.worktreeRoots())
                .finish();
        recent = new Recent(request.environment(), settings, digest);
        return digest;
    }
}
