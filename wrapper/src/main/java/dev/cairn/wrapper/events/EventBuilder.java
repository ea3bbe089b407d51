package dev.cairn.wrapper.events;

import dev.cairn.wrapper.protocol.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Collects what is learnt about a request while it is answered. Not thread-safe. */
public final class EventBuilder {
    private final Request request;
    private final long time = System.currentTimeMillis();
    private final long started = System.nanoTime();
    private final Map<String, Long> phases = new LinkedHashMap<>();
    private String source = "";
    private Optional<String> output = Optional.empty();
    private Optional<String> contextKey = Optional.empty();
    private Optional<String> artifactKey = Optional.empty();
    private String reason = "";
    private List<String> details = List.of();
    private List<String> notes = List.of();

    public EventBuilder(Request request) {
        this.request = request;
    }

    /** Notes how long a phase took. */
    public void phase(String name, long nanos) {
        phases.merge(name, nanos / 1000, Long::sum);
    }

    /** Notes what is compiled to what; paths as written. */
    public void files(String sourcePath, String outputPath) {
        source = request.absolute(sourcePath);
        output = Optional.of(request.absolute(outputPath));
    }

    /** Notes the context key. */
    public void context(String key) {
        contextKey = Optional.of(key);
    }

    /** Notes the artifact key. */
    public void artifact(String key) {
        artifactKey = Optional.of(key);
    }

    /** Notes why this is not a hit. */
    public void reason(String word, List<String> lines) {
        reason = word;
        details = lines;
    }

    /** Adds a line on why this is not a hit. */
    public void detail(String line) {
        details = with(details, line);
    }

    /** Adds a line on what was decided on the way. */
    public void note(String line) {
        notes = with(notes, line);
    }

    private static List<String> with(List<String> lines, String line) {
        List<String> more = new ArrayList<>(lines);
        more.add(line);
        return more;
    }

    /** Notes what was decided on the way, whatever the outcome. */
    public void notes(List<String> lines) {
        notes = lines;
    }

    /** Returns the nanoseconds since the request came. */
    public long age() {
        return System.nanoTime() - started;
    }

    /** Makes the event of a hit. */
    public Event hit(String tier) {
        return event(Outcome.HIT, Optional.of(tier), "", List.of(), 0, false, Optional.empty());
    }

    /** Makes the event of a passed-through invocation. */
    public Event passthrough(String word, String detail) {
        return event(Outcome.PASSTHROUGH, Optional.empty(), word, List.of(detail), 0, false, Optional.empty());
    }

    /** Makes the event of a compilation that was run. */
    public Event miss(int exitCode, boolean stored, Optional<String> notStored, List<String> lines) {
        List<String> all = new ArrayList<>(details);
        all.addAll(lines);
        return event(Outcome.MISS, Optional.empty(), reason, all, exitCode, stored, notStored);
    }

    /** Makes the event of a request that went wrong inside the daemon. */
    public Event error(String word, String detail) {
        return event(Outcome.ERROR, Optional.empty(), word, List.of(detail), 0, false, Optional.empty());
    }

    private Event event(
            Outcome outcome,
            Optional<String> tier,
            String word,
            List<String> lines,
            int exitCode,
            boolean stored,
            Optional<String> notStored) {
        List<String> all = new ArrayList<>(lines);
        all.addAll(notes);
        return new Event(
                time,
                outcome,
                tier,
                word,
                all,
                request.compiler(),
                request.arguments(),
                request.directory(),
                source,
                output,
                contextKey,
                artifactKey,
                exitCode,
                stored,
                notStored,
                phases);
    }
}
