package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.ManifestEntry.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Why a lookup missed.
 *
 * @param word a word for statistics
 * @param lines what differed, for a person
 */
record MissReason(String word, List<String> lines) {
    private static final int LONGEST_LIST = 12;

    /** What the lookup found in the manifest of the context, as far as it explains the miss. */
    sealed interface Finding {
        /** No entry at all. */
        record NoEntry() implements Finding {}

        /** The entry that should have matched does not: this file's content differs. */
        record Changed(String path) implements Finding {}

        /** The entry that should have matched does not: this file came or went. */
        record Shadowed(String path) implements Finding {}

        /** The only entry was made for another place, because its outputs name that. */
        record Elsewhere(String place) implements Finding {}

        /** What the entry rests on besides files is not so. */
        record Broken(Condition condition) implements Finding {}

        /** An entry matches, but its artifact is gone. */
        record Gone(boolean evicted) implements Finding {}
    }

    /** Explains a miss by the last compilation of the same output. */
    static MissReason of(Context context, Optional<Past> past, Finding finding, boolean pastEvicted) {
        return switch (finding) {
            case Finding.Changed(String path) -> one("header_changed", path);
            case Finding.Shadowed(String path) -> one("header_shadowed", path);
            case Finding.Elsewhere(String place) ->
                one("path_sensitive_output", "what is stored names its own checkout: " + place);
            case Finding.Broken(Condition condition) ->
                one("time_changed", condition.kind() + " " + String.join(" ", condition.paths()));
            case Finding.Gone(boolean evicted) ->
                one(evicted ? "evicted" : "unknown", "the stored result is no longer there");
            case Finding.NoEntry() ->
                past.map(p -> compare(context, p, pastEvicted))
                        .orElseGet(() -> one("first_seen", "no earlier compilation of this output is known"));
        };
    }

    private static MissReason compare(Context context, Past past, boolean pastEvicted) {
        if (!context.compiler().identity().equals(past.compiler())) {
            return one("compiler_changed", "the compiler's own files are other ones than last time");
        }
        if (!context.compilation().arguments().equals(past.arguments())) {
            return new MissReason(
                    "arguments_changed",
                    difference(past.arguments(), context.compilation().arguments()));
        }
        if (!context.logicalDirectory().equals(past.directory())) {
            return one("directory_changed", past.directory() + " -> " + context.logicalDirectory());
        }
        if (!context.environment().equals(past.environment())) {
            return new MissReason("environment_changed", variables(past.environment(), context.environment()));
        }
        if (!context.source().equals(past.source())) {
            return one("source_changed", context.compilation().source());
        }
        if (!past.notStored().isEmpty()) {
            return one("not_stored_before", "the last result was not stored: " + past.notStored());
        }
        return one(pastEvicted ? "evicted" : "unknown", "the stored result is no longer there");
    }

    private static List<String> difference(List<String> before, List<String> now) {
        List<String> lines = new ArrayList<>();
        before.stream().filter(argument -> !now.contains(argument)).forEach(argument -> lines.add("- " + argument));
        now.stream().filter(argument -> !before.contains(argument)).forEach(argument -> lines.add("+ " + argument));
        if (lines.isEmpty()) {
            lines.add("the same arguments in another order or number");
        }
        return lines.size() > LONGEST_LIST ? List.copyOf(lines.subList(0, LONGEST_LIST)) : lines;
    }

    private static List<String> variables(Map<String, String> before, Map<String, String> now) {
        TreeSet<String> names = new TreeSet<>(before.keySet());
        names.addAll(now.keySet());
        return names.stream()
                .filter(name -> !Objects.equals(before.get(name), now.get(name)))
                .map(name -> name + ": " + shown(before, name) + " -> " + shown(now, name))
                .limit(LONGEST_LIST)
                .toList();
    }

    private static String shown(Map<String, String> variables, String name) {
        String value = variables.get(name);
        return value == null ? "(unset)" : value;
    }

    private static MissReason one(String word, String line) {
        return new MissReason(word, List.of(line));
    }
}
