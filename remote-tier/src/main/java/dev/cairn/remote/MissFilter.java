package dev.cairn.remote;

import dev.cairn.cache.Digest;
import dev.cairn.cache.Records;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Spares questions about contexts that certainly have no manifest, by a set of those that have one: one for each scope,
 * kept by those who write. It can make a hit a miss, never a miss a hit. Nobody waits for it. Thread-safe.
 */
final class MissFilter implements AutoCloseable {
    private final RemoteSettings settings;
    private final Map<Layout, ScopeContexts> scopes = new HashMap<>();
    private final Announcements announcements;

    /** @param records for what is still to be put into the set, of this use of a store alone */
    MissFilter(
            RemoteSettings settings,
            StoreConnection connection,
            Records records,
            ScheduledExecutorService scheduler,
            ExecutorService executor) {
        this.settings = settings;
        FilterTuning tuning = settings.tuning().filter();
        for (Layout layout : settings.readLayouts()) {
            scopes.put(layout, new ScopeContexts(layout, connection, executor, tuning));
        }
        ScopeContexts own = scopes.computeIfAbsent(
                settings.writeLayout(), layout -> new ScopeContexts(layout, connection, executor, tuning));
        announcements = new Announcements(own, connection, records, tuning, scheduler, executor);
    }

    /** Takes up what an earlier process left; for a machine that writes. Returns at once. */
    void start() {
        announcements.start();
    }

    /** Has the sets read before the first question. */
    void prepare() {
        if (settings.mode().reads() && settings.tuning().filter().believed()) {
            settings.readLayouts().forEach(layout -> scope(layout).lookWhenDue());
        }
    }

    /** Returns the scopes that may have a manifest of a context, of those that are read, in their order. */
    List<Layout> scopesWith(Digest context) {
        return settings.tuning().filter().believed()
                ? settings.readLayouts().stream()
                        .filter(layout -> mayHave(layout, context))
                        .toList()
                : settings.readLayouts();
    }

    private boolean mayHave(Layout layout, Digest context) {
        boolean inStore = scope(layout).mayHave(context);
        return inStore || (layout.equals(settings.writeLayout()) && announcements.has(context));
    }

    private ScopeContexts scope(Layout layout) {
        return Objects.requireNonNull(scopes.get(layout));
    }

    /** Takes that a manifest is in the store, whoever put it there: the set may lack it. */
    void seen(Layout layout, Digest context) {
        if (settings.mode().writes() && layout.equals(settings.writeLayout())) {
            announcements.add(context);
        }
    }

    /** Waits until what is in the store is in the set too, or the deadline and a few seconds are over. */
    void drain(Deadline deadline) throws InterruptedException {
        announcements.drain(deadline);
    }

    /** Waits for what was interrupted. */
    @Override
    public void close() {
        announcements.close();
    }
}
