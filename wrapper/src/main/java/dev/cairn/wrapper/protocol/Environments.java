package dev.cairn.wrapper.protocol;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The environments that requests came with lately. Those of one build are equal byte for byte, so each is decoded once,
 * and whoever derives something from one can recognise it by its identity. Thread-safe.
 */
final class Environments {
    private static final int REMEMBERED = 16;

    private volatile List<Known> recent = List.of();

    private record Known(byte[] encoded, Map<String, String> decoded) {}

    /** Returns what these bytes were decoded to before. */
    Optional<Map<String, String>> find(byte[] bytes, int from, int to) {
        for (Known known : recent) {
            if (Arrays.equals(known.encoded, 0, known.encoded.length, bytes, from, to)) {
                return Optional.of(known.decoded);
            }
        }
        return Optional.empty();
    }

    /** Remembers an environment, in place of the oldest one. Two threads at once may lose one; it is decoded again. */
    Map<String, String> remember(byte[] encoded, Map<String, String> environment) {
        Map<String, String> decoded = Map.copyOf(environment);
        List<Known> now = new ArrayList<>(REMEMBERED);
        now.add(new Known(encoded, decoded));
        List<Known> before = recent;
        now.addAll(before.subList(0, Math.min(before.size(), REMEMBERED - 1)));
        recent = List.copyOf(now);
        return decoded;
    }
}
