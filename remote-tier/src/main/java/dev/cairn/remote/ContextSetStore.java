package dev.cairn.remote;

import dev.cairn.cache.Digest;
import dev.cairn.remote.Capabilities.Support;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reads a scope's set of contexts, and adds to it without losing what others add. A set that is not there, or that is
 * damaged, is made of a listing that reached its end, so that one that is there lacks nothing: whoever uploads a manifest
 * adds its context afterwards, to a set that was made without it too. Thread-safe.
 */
final class ContextSetStore {
    private static final int ATTEMPTS = 12;

    /** A scope with more objects than this gets a full set, so that it is not listed again. */
    static final int MOST_LISTED = 100_000;

    private ContextSetStore() {}

    /**
     * What lies in the store.
     *
     * @param set empty when there is none, or none that can be read
     * @param etag tag of the object, if there is one
     * @param bytes of the object
     */
    record Present(Optional<ContextSet> set, Optional<String> etag, long bytes) {
        static final Present NOTHING = new Present(Optional.empty(), Optional.empty(), 0);

        boolean mayHaveAll(Collection<Digest> contexts) {
            return set.filter(known -> contexts.stream().allMatch(known::mayHave))
                    .isPresent();
        }
    }

    /** Returns what lies in the store; does not fetch what is known already. */
    static Present read(ObjectStore store, Layout layout, Present known) throws IOException {
        String key = layout.contexts();
        if (known.set().isPresent() && store.head(key).map(ObjectInfo::etag).equals(known.etag())) {
            return known;
        }
        Optional<StoredObject> found = store.get(key);
        if (found.isEmpty()) {
            return Present.NOTHING;
        }
        try (StoredObject object = found.get()) {
            Optional<String> etag = Optional.of(object.info().etag());
            byte[] bytes = object.content().readNBytes(ContextSet.LARGEST + 1);
            try {
                return new Present(Optional.of(ContextSet.decode(layout.contextsName(), bytes)), etag, bytes.length);
            } catch (DamagedObject e) {
                return new Present(Optional.empty(), etag, bytes.length);
            }
        }
    }

    /**
     * Adds contexts, whose manifests must be in the store, and returns what lies there then. For stores with conditional
     * puts and listings.
     *
     * @param last what lay there when it was looked at last; right or not, nothing is lost
     */
    static Present add(ObjectStore store, Layout layout, Collection<Digest> contexts, Present last) throws IOException {
        // What was only found out by trying may hold for one request after another, and not for two at once.
        boolean trusted = store.capabilities().conditionalPut() == Support.YES;
        Present present = last;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (present.mayHaveAll(contexts)) {
                return present;
            }
            Optional<Present> stored = replace(store, layout, contexts, present);
            if (stored.isPresent() && trusted) {
                return stored.get();
            }
            if (stored.isPresent()) {
                Contention.settle();
            } else {
                Contention.lost(attempt);
            }
            present = read(store, layout, stored.orElse(Present.NOTHING));
        }
        throw new StoreException(Failure.SERVER, "a set of contexts is being written by too many at once");
    }

    /** Replaces what is present; empty when that is there no longer. */
    private static Optional<Present> replace(
            ObjectStore store, Layout layout, Collection<Digest> contexts, Present present) throws IOException {
        ContextSet before = present.set().isPresent() ? present.set().get() : listed(store, layout);
        ContextSet after = before.with(contexts);
        byte[] bytes = after.encode(layout.contextsName());
        Content content = Content.of(bytes);
        PutResult result = present.etag().isPresent()
                ? store.putIfMatch(layout.contexts(), content, present.etag().get())
                : store.putIfAbsent(layout.contexts(), content);
        return result instanceof PutResult.Stored(String etag)
                ? Optional.of(new Present(Optional.of(after), Optional.of(etag), bytes.length))
                : Optional.empty();
    }

    private static ContextSet listed(ObjectStore store, Layout layout) throws IOException {
        List<Digest> contexts = new ArrayList<>();
        AtomicInteger seen = new AtomicInteger();
        store.list(layout.everything(), (key, size) -> {
            layout.contextOf(key).ifPresent(contexts::add);
            return seen.incrementAndGet() <= MOST_LISTED;
        });
        return seen.get() <= MOST_LISTED ? ContextSet.EMPTY.with(contexts) : ContextSet.FULL;
    }
}
