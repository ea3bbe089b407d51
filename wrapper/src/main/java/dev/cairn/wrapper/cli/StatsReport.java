package dev.cairn.wrapper.cli;

import dev.cairn.wrapper.config.Settings;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The counters as a table for a person. The JSON is for programs; this layout may change. */
final class StatsReport {
    private final ObjectNode stats;
    private final Terminal terminal;

    StatsReport(ObjectNode stats, Terminal terminal) {
        this.stats = stats;
        this.terminal = terminal;
    }

    void print() {
        terminal.line("Since " + Quantities.time(Json.number(stats, "since")));
        terminal.line("");
        printHits();
        reasons("Misses", "misses", "miss_reasons");
        reasons("Not cached (run directly)", "passthroughs", "passthrough_reasons");
        reasons("Compiled but not stored", "not_stored", "not_stored_reasons");
        reasons("Errors", "errors", "error_reasons");
        printCache();
        printLatencies();
        printRemote();
        printUploads();
    }

    private void printHits() {
        JsonNode hits = stats.path("hits");
        long total = Json.number(hits, "total");
        long lookups = total + Json.number(stats, "misses");
        row("Requests", Json.number(stats, "requests"), "");
        row(
                terminal.strong("Hits"),
                total,
                terminal.strong(Quantities.percent(total, lookups)) + " of hits and misses");
        for (String tier : List.of("memory", "disk", "remote")) {
            long count = Json.number(hits, tier);
            if (count > 0) {
                row("  " + tier, count, Quantities.percent(count, total) + " of hits");
            }
        }
        row("Misses", Json.number(stats, "misses"), "");
        optional("Recached", "recached", "CAIRN_RECACHE");
        row("Not cached", Json.number(stats, "passthroughs"), "run directly");
        optional("Failed", "failed_compilations", "the compiler reported an error");
        row("Stored", Json.number(stats, "stored"), "");
    }

    private void optional(String name, String field, String note) {
        if (Json.number(stats, field) > 0) {
            row(name, Json.number(stats, field), note);
        }
    }

    /** Colour codes have no width, so the name is padded by what is seen of it. */
    private void row(String name, long count, String note) {
        String seen = name.replaceAll("\u001b\\[\\d+m", "");
        String padding = " ".repeat(Math.max(0, 14 - seen.length()));
        terminal.line((name + padding + String.format(Locale.ROOT, "%12s", Quantities.count(count)) + "  " + note)
                .stripTrailing());
    }

    private void reasons(String title, String totalField, String reasonsField) {
        List<Map.Entry<String, JsonNode>> reasons = stats.path(reasonsField).properties().stream()
                .filter(entry -> entry.getValue().asLong(0) > 0)
                .sorted(Comparator.comparingLong((Map.Entry<String, JsonNode> entry) ->
                                -entry.getValue().asLong(0))
                        .thenComparing(Map.Entry::getKey))
                .toList();
        long total = Json.number(stats, totalField);
        if (total == 0 && reasons.isEmpty()) {
            return;
        }
        terminal.line("");
        terminal.line(terminal.strong(title) + "  " + Quantities.count(total));
        for (Map.Entry<String, JsonNode> reason : reasons) {
            String word = Json.printable(reason.getKey());
            String count = Quantities.count(reason.getValue().asLong(0));
            String explanation = Reasons.explanation(word).map(terminal::faint).orElse("");
            terminal.line(String.format(Locale.ROOT, "%10s  %-22s %s", count, word, explanation)
                    .stripTrailing());
        }
    }

    private void printCache() {
        JsonNode cache = stats.path("cache");
        long bytes = Json.number(cache, "bytes");
        long budget = Json.number(cache, "budget");
        String size = budget == 0 || budget >= Settings.UNLIMITED
                ? Quantities.bytes(bytes) + ", no limit"
                : Quantities.bytes(bytes) + " of " + Quantities.bytes(budget) + " " + Quantities.bar(bytes, budget)
                        + " " + Quantities.percent(bytes, budget);
        terminal.line("");
        terminal.line(terminal.strong("Cache") + "  " + size);
        terminal.line("       " + Quantities.count(Json.number(cache, "artifacts")) + " results, "
                + Quantities.count(Json.number(cache, "evictions")) + " removed to stay within the limit");
    }

    private void printLatencies() {
        latency("Hit", "hit_micros");
        latency("Miss, besides the compiler", "miss_overhead_micros");
    }

    private void latency(String name, String field) {
        JsonNode latency = stats.path(field);
        if (Json.number(latency, "count") > 0) {
            terminal.line(terminal.strong(name) + "  half within " + Quantities.micros(Json.number(latency, "p50"))
                    + ", 99 % within " + Quantities.micros(Json.number(latency, "p99")));
        }
    }

    private void printRemote() {
        JsonNode remote = stats.path("remote");
        if (Json.number(remote, "lookups") > 0) {
            terminal.line(terminal.strong("Remote") + "  " + Quantities.count(Json.number(remote, "lookups"))
                    + " lookups: " + Quantities.count(Json.number(remote, "hits")) + " hits, "
                    + Quantities.count(Json.number(remote, "absent")) + " absent, "
                    + Quantities.count(Json.number(remote, "errors")) + " without an answer");
        }
        remote.path("error_reasons")
                .properties()
                .forEach(reason -> terminal.line(String.format(
                        Locale.ROOT,
                        "%10s  %s",
                        Quantities.count(reason.getValue().asLong(0)),
                        Json.printable(reason.getKey()))));
    }

    private void printUploads() {
        JsonNode uploads = stats.path("uploads");
        long queued = Json.number(uploads, "queued");
        long done = Json.number(uploads, "done");
        long failed = Json.number(uploads, "failed");
        if (queued + done + failed > 0) {
            terminal.line(terminal.strong("Uploads") + "  " + Quantities.count(done) + " done, "
                    + Quantities.count(queued) + " queued, " + Quantities.count(failed) + " failed");
        }
    }
}
