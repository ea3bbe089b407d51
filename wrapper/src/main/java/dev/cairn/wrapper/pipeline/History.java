package dev.cairn.wrapper.pipeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.cairn.cache.Records;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The last compilation of each output. Thread-safe. */
final class History {
    private static final long OUTPUTS_IN_MEMORY = 2_000;

    private final Cache<String, Past> recent = Caffeine.newBuilder()
            .executor(Runnable::run)
            .maximumSize(OUTPUTS_IN_MEMORY)
            .build();

    Optional<Past> of(String output, Records records) {
        Past known = recent.getIfPresent(output);
        return known != null
                ? Optional.of(known)
                : records.get(Records.Kind.HISTORY, key(output)).flatMap(Past::decode);
    }

    void put(String output, Past past, Records records) {
        recent.put(output, past);
        records.put(Records.Kind.HISTORY, key(output), past.encode());
    }

    private static byte[] key(String output) {
        return output.getBytes(StandardCharsets.ISO_8859_1);
    }
}
