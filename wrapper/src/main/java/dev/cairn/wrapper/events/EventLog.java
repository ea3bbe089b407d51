package dev.cairn.wrapper.events;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.cairn.cache.Records;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where every request's event goes: counters, and the last event of each output. Events other than hits and
 * passthroughs are kept over restarts, and not in memory. Thread-safe.
 */
public final class EventLog {
    private static final long OUTPUTS = 10_000;
    private static final String PREFIX = "event:";
    private static final String LAST = "last";

    private final Statistics statistics;
    private final Supplier<Optional<Records>> records;

    /** Encoded, which takes a fifth of the room. */
    private final Cache<String, byte[]> byOutput =
            Caffeine.newBuilder().executor(Runnable::run).maximumSize(OUTPUTS).build();

    private volatile @Nullable Event last;
    private volatile @Nullable Event lastMiss;

    /**
     * Makes an empty log.
     *
     * @param records where events are kept over restarts, when there is such a place (yet)
     */
    public EventLog(Statistics statistics, Supplier<Optional<Records>> records) {
        this.statistics = statistics;
        this.records = records;
    }

    /** Returns the counters over this log. */
    public Statistics statistics() {
        return statistics;
    }

    /** Takes an event. */
    public void add(Event event) {
        statistics.count(event);
        last = event;
        if (event.outcome() == Outcome.MISS || event.outcome() == Outcome.ERROR) {
            lastMiss = event;
            records.get().ifPresentOrElse(target -> keep(event, target), () -> keep(event));
        } else {
            keep(event);
        }
    }

    private void keep(Event event, Records target) {
        byte[] bytes = EventCodec.encode(event);
        target.put(Records.Kind.HISTORY, key(LAST), bytes);
        event.output().ifPresent(output -> {
            target.put(Records.Kind.HISTORY, key(output), bytes);
            byOutput.invalidate(output);
        });
    }

    private void keep(Event event) {
        event.output().ifPresent(output -> byOutput.put(output, EventCodec.encode(event)));
    }

    /** Returns the last event of an output, by absolute path; of an earlier daemon's events the last miss. */
    public Optional<Event> of(String output) {
        return Optional.ofNullable(byOutput.getIfPresent(output))
                .flatMap(EventCodec::decode)
                .or(() -> kept(output));
    }

    /** Returns the last compilation that was not a hit, else the last event. */
    public Optional<Event> last() {
        return Optional.ofNullable(lastMiss).or(() -> kept(LAST)).or(() -> Optional.ofNullable(last));
    }

    private Optional<Event> kept(String name) {
        return records.get()
                .flatMap(target -> target.get(Records.Kind.HISTORY, key(name)))
                .flatMap(EventCodec::decode);
    }

    private static byte[] key(String name) {
        return (PREFIX + name).getBytes(StandardCharsets.ISO_8859_1);
    }
}
