package dev.cairn.remote;

import dev.cairn.cache.Digest;
import dev.cairn.remote.Capabilities.Support;
import dev.cairn.remote.ContextSetStore.Present;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of the contexts of one scope. Whoever asks is answered at once by what was read last; that is read, and
 * looked at again, in the background, when someone asks. That this fails is of no consequence: without a set that was
 * found to be the current one lately, every context may be there. Thread-safe.
 */
final class ScopeContexts {
    private static final Logger LOG = LoggerFactory.getLogger(ScopeContexts.class);

    /** A set of so many bytes, and each further step, is read and written more rarely. */
    private static final long STEP = 512 << 10;

    private static final int RAREST = 3;
    private static final int RAREST_FULL = 30;

    private final Layout layout;
    private final StoreConnection connection;
    private final Executor executor;
    private final FilterTuning tuning;

    /** For whoever reads or writes the set, so that no older one takes the place of a newer one here. */
    private final ReentrantLock turn = new ReentrantLock();

    private final AtomicLong nextLook = new AtomicLong(System.nanoTime());
    private volatile Optional<Held> held = Optional.empty();

    /**
     * What lay in the store.
     *
     * @param at when it did, as {@link System#nanoTime} says
     */
    private record Held(Present present, long at) {}

    ScopeContexts(Layout layout, StoreConnection connection, Executor executor, FilterTuning tuning) {
        this.layout = layout;
        this.connection = connection;
        this.executor = executor;
        this.tuning = tuning;
    }

    /** Whether a context may have a manifest in this scope. Sees to it that this is known better the next time. */
    boolean mayHave(Digest context) {
        lookWhenDue();
        return current().flatMap(Present::set).map(set -> set.mayHave(context)).orElse(true);
    }

    /** Whether the set in the store has a context for sure. */
    boolean has(Digest context) {
        return current().flatMap(Present::set).map(set -> set.mayHave(context)).orElse(false);
    }

    private Optional<Present> current() {
        long now = System.nanoTime();
        return held.filter(known -> now - known.at() < tuning.believedFor().toNanos())
                .map(Held::present);
    }

    /** Returns by how much reads and writes of this set are rarer than those of a small one. */
    int rarity() {
        Present known = held.map(Held::present).orElse(Present.NOTHING);
        boolean full = known.set().filter(ContextSet::isFull).isPresent();
        return full ? RAREST_FULL : (int) Math.min(RAREST, 1 + known.bytes() / STEP);
    }

    /** Has the set read in the background, if it is time. */
    void lookWhenDue() {
        long now = System.nanoTime();
        long due = nextLook.get();
        Duration pause = tuning.refreshAfter().multipliedBy(rarity());
        if (now - due >= 0 && connection.isUsable() && nextLook.compareAndSet(due, now + pause.toNanos())) {
            try {
                executor.execute(this::look);
            } catch (RejectedExecutionException e) {
                LOG.debug("closed");
            }
        }
    }

    private void look() {
        if (!turn.tryLock()) {
            return; // whoever has it will know
        }
        try {
            long now = System.nanoTime();
            Present known = held.map(Held::present).orElse(Present.NOTHING);
            Present found = connection.askAside(
                    store -> canBeIn(store) ? ContextSetStore.read(store, layout, known) : Present.NOTHING);
            held = Optional.of(new Held(found, now));
        } catch (StoreException | LinkageError e) {
            LOG.debug(
                    "the contexts of {}: {}",
                    layout.place(),
                    StoreException.of(e).line());
        } finally {
            turn.unlock();
        }
    }

    /** Where the set could not be kept without losses there is none, whatever lies there. */
    private boolean canBeIn(ObjectStore store) {
        Capabilities known = connection.knownCapabilities().orElse(store.capabilities());
        return known.list() && known.conditionalPut() != Support.NO;
    }

    /** Adds contexts whose manifests are in the store; for stores with conditional puts and listings. */
    void add(Collection<Digest> contexts) throws StoreException {
        turn.lock();
        try {
            if (current().filter(known -> known.mayHaveAll(contexts)).isPresent()) {
                return;
            }
            long now = System.nanoTime();
            Present last = held.map(Held::present).orElse(Present.NOTHING);
            // It is looked at before it is written: a write that comes to nothing would cost ten times as much.
            Present found = connection.askAside(
                    store -> ContextSetStore.add(store, layout, contexts, ContextSetStore.read(store, layout, last)));
            held = Optional.of(new Held(found, now));
        } finally {
            turn.unlock();
        }
    }
}
