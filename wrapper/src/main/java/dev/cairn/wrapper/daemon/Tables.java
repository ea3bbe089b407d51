package dev.cairn.wrapper.daemon;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.remote.RemoteStatus;
import dev.cairn.remote.RemoteTier;
import dev.cairn.remote.UploadProgress;
import dev.cairn.wrapper.config.Settings;
import dev.cairn.wrapper.events.Event;
import dev.cairn.wrapper.pipeline.RecordProgress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Makes the objects of replies from counters and events. Stateless. */
final class Tables {
    private static final List<String> TIERS = List.of("memory", "disk", "remote");

    private Tables() {}

    static Map<String, Object> statistics(
            SortedMap<String, Long> counters, Optional<ArtifactCache.Usage> usage, UploadProgress progress) {
        Map<String, Object> table = new LinkedHashMap<>();
        table.put("since", count(counters, "since"));
        table.put("requests", count(counters, "requests"));
        Map<String, Object> hits = new LinkedHashMap<>();
        TIERS.forEach(tier -> hits.put(tier, count(counters, "hits/" + tier)));
        hits.put(
                "total",
                TIERS.stream()
                        .mapToLong(tier -> count(counters, "hits/" + tier))
                        .sum());
        table.put("hits", hits);
        for (String name : List.of(
                "misses", "recached", "passthroughs", "errors", "failed_compilations", "stored", "not_stored")) {
            table.put(name, count(counters, name));
        }
        for (String name : List.of("miss_reasons", "passthrough_reasons", "not_stored_reasons", "error_reasons")) {
            table.put(name, words(counters, name));
        }
        table.put("remote", remote(counters));
        table.put("uploads", uploads(progress));
        usage.ifPresent(u -> table.put("cache", cache(u)));
        table.put("hit_micros", histogram(counters, "hit_micros"));
        table.put("miss_overhead_micros", histogram(counters, "miss_overhead_micros"));
        return table;
    }

    private static Map<String, Object> remote(SortedMap<String, Long> counters) {
        Map<String, Object> table = new LinkedHashMap<>();
        for (String name : List.of("lookups", "hits", "absent")) {
            table.put(name, count(counters, "remote/" + name));
        }
        SortedMap<String, Long> errors = words(counters, "remote_errors");
        table.put("errors", errors.values().stream().mapToLong(Long::longValue).sum());
        table.put("error_reasons", errors);
        return table;
    }

    static Map<String, Object> uploads(UploadProgress progress) {
        Map<String, Object> table = new LinkedHashMap<>();
        table.put("queued", progress.queued());
        table.put("done", progress.done());
        table.put("failed", progress.failed());
        table.put("dropped", progress.dropped());
        return table;
    }

    static Map<String, Object> drained(UploadProgress uploads, RecordProgress records) {
        Map<String, Object> table = uploads(uploads);
        table.put("records", records.pending());
        table.put("records_failed", records.failed());
        records.fault().ifPresent(line -> table.put("record_fault", line));
        return table;
    }

    static Map<String, Object> remote(OpenRemote remote) {
        Map<String, Object> table = new LinkedHashMap<>();
        table.put("url", remote.address());
        Optional<RemoteStatus> status = remote.tier().map(RemoteTier::status);
        if (status.isEmpty()) {
            table.put("state", remote.fault().isPresent() ? "misconfigured" : "opening");
            table.put("line", remote.address() + ": " + remote.fault().orElse("being opened"));
            remote.fault().ifPresent(fault -> table.put("error", fault));
            return table;
        }
        RemoteStatus known = status.get();
        table.put("mode", known.mode().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        table.put("namespace", known.namespace());
        table.put("state", known.state().name().toLowerCase(Locale.ROOT));
        table.put("line", known.line());
        known.lastError().ifPresent(error -> table.put("error", error));
        known.capabilities().ifPresent(found -> table.put("capabilities", found.toString()));
        RemoteStatus.Counters counters = known.counters();
        Map<String, Object> counted = new LinkedHashMap<>();
        counted.put("found", counters.found());
        counted.put("absent", counters.absent());
        counted.put("filtered", counters.filtered());
        counted.put("errors", counters.errors());
        counted.put("timeouts", counters.timeouts());
        counted.put("skipped", counters.skipped());
        counted.put("damaged", counters.damaged());
        counted.put("untrusted", counters.untrusted());
        counted.put("hedges", counters.hedges());
        counted.put("bytes_down", counters.bytesDown());
        counted.put("bytes_up", counters.bytesUp());
        table.put("counters", counted);
        table.put("uploads", uploads(counters.uploads()));
        return table;
    }

    private static Map<String, Object> cache(ArtifactCache.Usage usage) {
        Map<String, Object> table = new LinkedHashMap<>();
        table.put("artifacts", usage.artifacts());
        table.put("bytes", usage.bytes());
        table.put("budget", usage.budget() >= Settings.UNLIMITED ? 0 : usage.budget());
        table.put("evictions", usage.evictions());
        return table;
    }

    private static long count(SortedMap<String, Long> counters, String name) {
        return counters.getOrDefault(name, 0L);
    }

    /** The counters below a name, without those that are zero. */
    private static SortedMap<String, Long> words(SortedMap<String, Long> counters, String name) {
        SortedMap<String, Long> words = new TreeMap<>();
        counters.tailMap(name + "/").forEach((key, value) -> {
            if (key.startsWith(name + "/") && value != 0) {
                words.put(key.substring(name.length() + 1), value);
            }
        });
        return words;
    }

    /** Percentiles of a histogram whose buckets are named by the upper power of two of a microsecond. */
    private static Map<String, Object> histogram(SortedMap<String, Long> counters, String name) {
        SortedMap<Integer, Long> buckets = new TreeMap<>();
        words(counters, name).forEach((bucket, value) -> buckets.put(Integer.valueOf(bucket), value));
        long total = buckets.values().stream().mapToLong(Long::longValue).sum();
        Map<String, Object> table = new LinkedHashMap<>();
        table.put("count", total);
        table.put("p50", percentile(buckets, total, 0.50));
        table.put("p99", percentile(buckets, total, 0.99));
        return table;
    }

    private static long percentile(SortedMap<Integer, Long> buckets, long total, double share) {
        long seen = 0;
        for (Map.Entry<Integer, Long> bucket : buckets.entrySet()) {
            seen += bucket.getValue();
            if (seen >= share * total) {
                return 1L << bucket.getKey();
            }
        }
        return 0;
    }

    static Map<String, Object> event(Event event) {
        Map<String, Object> table = new LinkedHashMap<>();
        table.put("time", event.time());
        table.put("outcome", event.outcome().name().toLowerCase(Locale.ROOT));
        event.tier().ifPresent(tier -> table.put("tier", tier));
        table.put("reason", event.reason());
        table.put("details", event.details().stream().map(Text::display).toList());
        table.put("compiler", Text.display(event.compiler()));
        table.put("arguments", event.arguments().stream().map(Text::display).toList());
        table.put("directory", Text.display(event.directory()));
        table.put("source", Text.display(event.source()));
        event.output().ifPresent(output -> table.put("output", Text.display(output)));
        event.contextKey().ifPresent(key -> table.put("context_key", key));
        event.artifactKey().ifPresent(key -> table.put("artifact_key", key));
        table.put("exit_code", event.exitCode());
        table.put("stored", event.stored());
        event.notStoredReason().ifPresent(word -> table.put("not_stored_reason", word));
        table.put("phases", event.phases());
        return table;
    }
}
