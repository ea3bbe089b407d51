package dev.cairn.wrapper.events;

import dev.cairn.cache.Records;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counters over the event stream, kept over restarts. A counter's name is a path of words ("miss_reasons/evicted").
 * Thread-safe.
 */
public final class Statistics {
    private static final String SINCE = "since";
    private static final String REQUESTS = "requests";

    private final ConcurrentHashMap<String, LongAdder> counters = new ConcurrentHashMap<>();
    private volatile boolean changed;

    /** Makes counters that start at zero now. */
    public Statistics() {
        zero();
    }

    /** Counts an event; as a request last, so that who sees a request sees what became of it. */
    public void count(Event event) {
        switch (event.outcome()) {
            case HIT -> add("hits/" + event.tier().orElse("memory"));
            case MISS -> miss(event);
            case PASSTHROUGH -> {
                add("passthroughs");
                add("passthrough_reasons/" + event.reason());
            }
            case ERROR -> {
                add("errors");
                add("error_reasons/" + event.reason());
            }
        }
        add(REQUESTS);
        changed = true;
    }

    private void miss(Event event) {
        if (event.reason().equals("recache")) {
            add("recached");
        } else {
            add("misses");
            add("miss_reasons/" + event.reason());
        }
        if (event.exitCode() != 0) {
            add("failed_compilations");
        }
        add(event.stored() ? "stored" : "not_stored");
        event.notStoredReason().ifPresent(word -> add("not_stored_reasons/" + word));
    }

    /** Counts a duration in a histogram of powers of two of a microsecond. */
    public void time(String histogram, long nanos) {
        int bucket = Long.SIZE - Long.numberOfLeadingZeros(Math.max(0, nanos / 1000));
        add(histogram + "/" + bucket);
    }

    /** Counts something that happened on the way to an event. */
    public void count(String name) {
        add(name);
        changed = true;
    }

    private void add(String name) {
        counter(name).increment();
    }

    private LongAdder counter(String name) {
        return counters.computeIfAbsent(name, n -> new LongAdder());
    }

    /** Sets every counter to zero. */
    public void zero() {
        counters.clear();
        counter(SINCE).add(System.currentTimeMillis());
        changed = true;
    }

    /** Returns all counters. What every request it counts became is among them. */
    public SortedMap<String, Long> snapshot() {
        long requests = counter(REQUESTS).sum();
        SortedMap<String, Long> copy = new TreeMap<>();
        counters.forEach((name, value) -> copy.put(name, value.sum()));
        copy.put(REQUESTS, requests);
        return copy;
    }

    /** Adds what an earlier daemon counted. */
    public void load(Records records) {
        Map<String, Long> earlier = new HashMap<>();
        records.forEach(Records.Kind.STATISTICS, (key, value) -> {
            if (value.length == Long.BYTES) {
                earlier.put(
                        new String(key, StandardCharsets.UTF_8),
                        ByteBuffer.wrap(value).getLong());
            }
        });
        Long since = earlier.remove(SINCE);
        if (since != null) {
            LongAdder own = counter(SINCE);
            own.add(since - own.sum());
        }
        earlier.forEach((name, value) -> counter(name).add(value));
    }

    /** Writes the counters when one moved since the last call. */
    public void save(Records records) {
        if (!changed) {
            return;
        }
        changed = false;
        List<Records.Entry> batch = new ArrayList<>();
        Map<String, Long> now = snapshot();
        records.forEach(Records.Kind.STATISTICS, (key, value) -> {
            if (!now.containsKey(new String(key, StandardCharsets.UTF_8))) {
                batch.add(new Records.Entry(key, number(0)));
            }
        });
        now.forEach(
                (name, value) -> batch.add(new Records.Entry(name.getBytes(StandardCharsets.UTF_8), number(value))));
        records.putAll(Records.Kind.STATISTICS, batch);
    }

    private static byte[] number(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }
}
