package dev.cairn.wrapper.events;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How one request ended. Immutable. Text that came with a request holds one char per byte.
 *
 * @param time milliseconds since 1970
 * @param tier the tier that answered, for hits ("memory", "disk", "remote")
 * @param reason a word: why it was not a hit; empty for hits
 * @param details lines for a person
 * @param output absolute path of the main output, when the invocation was understood
 * @param phases microseconds per phase, in order
 */
public record Event(
        long time,
        Outcome outcome,
        Optional<String> tier,
        String reason,
        List<String> details,
        String compiler,
        List<String> arguments,
        String directory,
        String source,
        Optional<String> output,
        Optional<String> contextKey,
        Optional<String> artifactKey,
        int exitCode,
        boolean stored,
        Optional<String> notStoredReason,
        Map<String, Long> phases) {
    public Event {
        details = List.copyOf(details);
        arguments = List.copyOf(arguments);
    }
}
