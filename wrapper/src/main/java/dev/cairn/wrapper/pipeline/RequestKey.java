package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import dev.cairn.wrapper.protocol.Request;
import java.util.Map;
import java.util.SortedMap;

/** Makes the key under which the last verified answer to an invocation is remembered, in memory only. */
final class RequestKey {
    private RequestKey() {}

    static Digest of(Request request) {
        SortedMap<String, String> environment = RelevantEnvironment.all(request);
        Hasher hasher = Hasher.of("request")
                .put(request.compiler())
                .put(request.directory())
                .putLong(request.device())
                .putLong(request.inode())
                .putLong((request.stdoutTerminal() ? 1 : 0) + (request.stderrTerminal() ? 2 : 0))
                .putAll(request.arguments())
                .putLong(environment.size());
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            hasher.put(variable.getKey()).put(variable.getValue());
        }
        return hasher.finish();
    }
}
