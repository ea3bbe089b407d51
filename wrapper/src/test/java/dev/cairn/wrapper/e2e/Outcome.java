package dev.cairn.wrapper.e2e;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What one request became, read off the daemon's counters.
 *
 * @param word {@code hit}, {@code miss}, {@code passthrough}, {@code recached} or {@code error}
 * @param reason the tier of a hit, else the reason
 * @param notStored why a compilation was not stored; empty when it was, or when nothing was to be stored
 */
record Outcome(String word, String reason, String notStored) {
    boolean isHit() {
        return word.equals("hit");
    }

    /** Returns the difference that one request made. */
    static Outcome between(JsonNode before, JsonNode after) {
        String notStored = grown(before, after, "not_stored_reasons");
        for (String tier : List.of("memory", "disk", "remote")) {
            if (grew(before.path("hits"), after.path("hits"), tier)) {
                return new Outcome("hit", tier, notStored);
            }
        }
        if (grew(before, after, "misses")) {
            return new Outcome("miss", grown(before, after, "miss_reasons"), notStored);
        }
        if (grew(before, after, "passthroughs")) {
            return new Outcome("passthrough", grown(before, after, "passthrough_reasons"), notStored);
        }
        if (grew(before, after, "recached")) {
            return new Outcome("recached", "", notStored);
        }
        return new Outcome("error", grown(before, after, "error_reasons"), notStored);
    }

    private static boolean grew(JsonNode before, JsonNode after, String counter) {
        return after.path(counter).asLong(0) > before.path(counter).asLong(0);
    }

    private static String grown(JsonNode before, JsonNode after, String table) {
        Set<String> words = new HashSet<>(after.path(table).propertyNames());
        return words.stream()
                .filter(word -> grew(before.path(table), after.path(table), word))
                .findFirst()
                .orElse("");
    }
}
