package dev.cairn.wrapper.events;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Events as bytes, so that the last misses can still be explained by the next daemon. Stateless. */
final class EventCodec {
    private static final String VERSION = "1";

    private EventCodec() {}

    static byte[] encode(Event event) {
        List<String> fields = new ArrayList<>(List.of(
                VERSION,
                Long.toString(event.time()),
                event.outcome().name(),
                event.tier().orElse(""),
                event.reason(),
                event.compiler(),
                event.directory(),
                event.source(),
                event.output().orElse(""),
                event.contextKey().orElse(""),
                event.artifactKey().orElse(""),
                Integer.toString(event.exitCode()),
                Boolean.toString(event.stored()),
                event.notStoredReason().orElse("")));
        addAll(fields, event.details());
        addAll(fields, event.arguments());
        addAll(
                fields,
                event.phases().entrySet().stream()
                        .map(phase -> phase.getKey() + "=" + phase.getValue())
                        .toList());
        return Fields.encode(fields);
    }

    private static void addAll(List<String> fields, List<String> texts) {
        fields.add(Integer.toString(texts.size()));
        fields.addAll(texts);
    }

    /** Returns the event, or empty when these are not the bytes of one. */
    static Optional<Event> decode(byte[] bytes) {
        return Fields.decode(bytes).flatMap(EventCodec::read);
    }

    private static Optional<Event> read(List<String> fields) {
        try {
            Cursor cursor = new Cursor(fields);
            if (!cursor.next().equals(VERSION)) {
                return Optional.empty();
            }
            return Optional.of(cursor.event());
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /** Reads fields one after the other. */
    private static final class Cursor {
        private final List<String> fields;
        private int at;

        Cursor(List<String> fields) {
            this.fields = fields;
        }

        String next() {
            return fields.get(at++);
        }

        Optional<String> optional() {
            return Optional.of(next()).filter(text -> !text.isEmpty());
        }

        List<String> list() {
            int size = Integer.parseInt(next());
            List<String> list = List.copyOf(fields.subList(at, at + size));
            at += size;
            return list;
        }

        Event event() {
            long time = Long.parseLong(next());
            Outcome outcome = Outcome.valueOf(next());
            Optional<String> tier = optional();
            String reason = next();
            String compiler = next();
            String directory = next();
            String source = next();
            Optional<String> output = optional();
            Optional<String> contextKey = optional();
            Optional<String> artifactKey = optional();
            int exitCode = Integer.parseInt(next());
            boolean stored = Boolean.parseBoolean(next());
            Optional<String> notStored = optional();
            List<String> details = list();
            List<String> arguments = list();
            return new Event(
                    time,
                    outcome,
                    tier,
                    reason,
                    details,
                    compiler,
                    arguments,
                    directory,
                    source,
                    output,
                    contextKey,
                    artifactKey,
                    exitCode,
                    stored,
                    notStored,
                    phases(list()));
        }

        private static Map<String, Long> phases(List<String> texts) {
            Map<String, Long> phases = new LinkedHashMap<>();
            for (String text : texts) {
                int equals = text.lastIndexOf('=');
                phases.put(text.substring(0, equals), Long.valueOf(text.substring(equals + 1)));
            }
            return phases;
        }
    }
}
