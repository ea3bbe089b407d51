package dev.cairn.wrapper.daemon;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.remote.UploadProgress;
import dev.cairn.wrapper.events.Event;
import dev.cairn.wrapper.events.EventLog;
import dev.cairn.wrapper.pipeline.Pipeline;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** Answers the command line's questions (docs/protocol.md, "Control"). Thread-safe. */
final class Control {
    /** Whoever waits longer asks again, so that no question takes long. */
    private static final long LONGEST_WAIT_MILLIS = 5_000;

    private final Status status;
    private final Store store;
    private final Pipeline pipeline;
    private final EventLog events;
    private final Remotes remotes;
    private final WarmUps warmUps;
    private final LeftUploads leftUploads;
    private final Runnable stop;
    private volatile boolean stopping;

    /**
     * Makes it.
     *
     * @param status describes the daemon
     * @param stop begins to end the daemon
     */
    Control(
            Status status,
            Store store,
            Pipeline pipeline,
            EventLog events,
            Remotes remotes,
            WarmUps warmUps,
            LeftUploads leftUploads,
            Runnable stop) {
        this.remotes = remotes;
        this.warmUps = warmUps;
        this.leftUploads = leftUploads;
        this.status = status;
        this.store = store;
        this.pipeline = pipeline;
        this.events = events;
        this.stop = stop;
    }

    /** Made by the first question: no compilation waits for it. */
    private static final class Mapper {
        static final ObjectMapper JSON = JsonMapper.builder().build();
    }

    /** Commands whose answers are about what was done before them. */
    private static final Set<String> TELLING = Set.of("stats", "zero", "clear", "explain", "drain", "uploads");

    /** Answers one JSON object by another. */
    byte[] answer(byte[] question) {
        Map<String, Object> reply = new LinkedHashMap<>();
        try {
            JsonNode node = Mapper.JSON.readTree(question);
            reply.put("ok", true);
            reply.putAll(answer(node));
        } catch (JacksonException | IllegalArgumentException e) {
            reply.put("ok", false);
            reply.put("error", String.valueOf(e.getMessage()));
        }
        return Mapper.JSON.writeValueAsBytes(reply);
    }

    private Map<String, Object> answer(JsonNode question) {
        String command = question.path("command").asString("");
        if (TELLING.contains(command)) {
            pipeline.settle();
        }
        return switch (command) {
            case "status" -> status.describe();
            case "stats" -> statistics();
            case "zero" -> {
                store.cache(); // what an earlier daemon counted is added when it opens, and must go too
                events.statistics().zero();
                yield statistics();
            }
            case "clear" -> clear();
            case "explain" -> explain(question);
            case "drain" -> {
                leftUploads.takeUp(WarmUps.environment(question));
                yield drain(patience(question));
            }
            case "uploads" -> Tables.uploads(remotes.uploads());
            case "warm" -> warmUps.start(question);
            case "warming" -> warmUps.state(question.path("id").asLong(0), patience(question));
            case "stop" -> {
                stopping = true;
                yield Map.of("pid", ProcessHandle.current().pid());
            }
            default -> throw new IllegalArgumentException("no such command: " + command);
        };
    }

    /** Begins to stop when the last answer said so. */
    void afterReply() {
        if (stopping) {
            stop.run();
        }
    }

    private Map<String, Object> statistics() {
        Optional<ArtifactCache.Usage> usage = store.cache().map(ArtifactCache::usage);
        return Tables.statistics(events.statistics().snapshot(), usage, remotes.uploads());
    }

    private static Duration patience(JsonNode question) {
        return Duration.ofMillis(Math.clamp(question.path("millis").asLong(0), 0, LONGEST_WAIT_MILLIS));
    }

    /** When all is uploaded, the records of the builds are left too: what they name has to be there. */
    private Map<String, Object> drain(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        UploadProgress uploads = remotes.drain(limit);
        if (uploads.queued() == 0) {
            pipeline.leaveRecords(true);
            pipeline.awaitRecords(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        }
        return Tables.drained(uploads, pipeline.records());
    }

    private Map<String, Object> clear() {
        ArtifactCache cache = store.cache()
                .orElseThrow(() -> new IllegalArgumentException(
                        store.error().orElse("the cache directory is still being opened")));
        ArtifactCache.Usage before = cache.usage();
        cache.clear();
        pipeline.forget();
        ArtifactCache.Usage after = cache.usage();
        return Map.of(
                "artifacts",
                before.artifacts() - after.artifacts(),
                "bytes",
                Math.max(0, before.bytes() - after.bytes()));
    }

    private Map<String, Object> explain(JsonNode question) {
        Optional<Event> event = question.path("last").asBoolean(false)
                ? events.last()
                : events.of(Text.fromDisplay(question.path("output").asString("")));
        Map<String, Object> reply = new LinkedHashMap<>();
        reply.put("found", event.isPresent());
        event.ifPresent(found -> reply.put("event", Tables.event(found)));
        return reply;
    }
}
