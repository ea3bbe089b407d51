package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Digest;
import dev.cairn.wrapper.events.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What went into the last compilation of an output; what a miss is explained by. Immutable.
 *
 * @param notStored why its result was not stored; empty when it was
 */
record Past(
        Digest compiler,
        String directory,
        List<String> arguments,
        SortedMap<String, String> environment,
        Digest source,
        Digest artifact,
        String notStored) {
    private static final String VERSION = "1";

    static Past of(Context context, Digest artifact, String notStored) {
        return new Past(
                context.compiler().identity(),
                context.logicalDirectory(),
                context.compilation().arguments(),
                context.environment(),
                context.source(),
                artifact,
                notStored);
    }

    byte[] encode() {
        List<String> fields = new ArrayList<>(List.of(
                VERSION, compiler.hex(), directory, source.hex(), artifact.hex(), notStored, "" + arguments.size()));
        fields.addAll(arguments);
        environment.forEach((name, value) -> fields.add(name + "=" + value));
        return Fields.encode(fields);
    }

    static Optional<Past> decode(byte[] bytes) {
        return Fields.decode(bytes)
                .filter(fields -> fields.size() >= 7 && fields.get(0).equals(VERSION))
                .flatMap(Past::read);
    }

    private static Optional<Past> read(List<String> fields) {
        try {
            int end = 7 + Integer.parseInt(fields.get(6));
            SortedMap<String, String> environment = new TreeMap<>();
            for (String entry : fields.subList(end, fields.size())) {
                int equals = entry.indexOf('=');
                environment.put(entry.substring(0, equals), entry.substring(equals + 1));
            }
            return Optional.of(new Past(
                    Digest.parse(fields.get(1)),
                    fields.get(2),
                    List.copyOf(fields.subList(7, end)),
                    environment,
                    Digest.parse(fields.get(3)),
                    Digest.parse(fields.get(4)),
                    fields.get(5)));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }
}
