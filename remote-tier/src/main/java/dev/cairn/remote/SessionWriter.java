package dev.cairn.remote;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.Digest;
import dev.cairn.remote.Capabilities.Support;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes the record of a build, and what a warm-up needs of it once more, in packs. What the record said before stays in it, after
 * what this build used, so that a build of a few files does not make the record of a whole one useless. What of it is kept
 * is decided before anything is packed. Writers of one record take turns here; others are kept from being undone by
 * preconditions, where the store has them. Thread-safe.
 */
final class SessionWriter {
    /** With more packs than this, those that are far from full are made into fewer. */
    static final int MANY_PACKS = 64;

    /** A pack of so many uses is full of entries, if it is not of artifacts. */
    private static final int MANY_USES = 32;

    private static final int ATTEMPTS = 8;
    private static final int TURNS = 64;

    private final RemoteSettings settings;
    private final StoreConnection connection;
    private final ArtifactCache cache;
    private final Bandwidth bandwidth;
    private final Trust trust;
    private final Layout layout;
    private final List<ReentrantLock> turns =
            Stream.generate(ReentrantLock::new).limit(TURNS).toList();

    SessionWriter(RemoteSettings settings, StoreConnection connection, ArtifactCache cache, Bandwidth bandwidth) {
        this.settings = settings;
        this.connection = connection;
        this.cache = cache;
        this.bandwidth = bandwidth;
        this.layout = settings.writeLayout();
        this.trust = new Trust(believed(settings));
    }

    /** Who signs must not sign what anybody may have written. */
    private static List<TrustedKey> believed(RemoteSettings settings) {
        return settings.trusted().isEmpty()
                ? settings.signer().map(SigningKey::trusted).stream().toList()
                : settings.trusted();
    }

    /** A record and the tag of the object it came from, if there is one. */
    private record Present(SessionRecord record, Optional<String> etag) {}

    void write(SessionName session, List<SessionRecord.Use> uses, Function<SessionRecord.Use, Optional<byte[]>> entries)
            throws IOException {
        Digest key = session.key();
        ReentrantLock turn = turns.get(Math.floorMod(key.a(), TURNS));
        turn.lock();
        try {
            Packer packer = new Packer(settings, connection, cache, bandwidth, entries);
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                if (isWritten(key, uses, packer)) {
                    return;
                }
                Contention.lost(attempt);
            }
        } finally {
            turn.unlock();
        }
        throw new StoreException(Failure.SERVER, "the record of a build is being written by too many at once");
    }

    /** Merges and replaces; returns false when another was faster. */
    private boolean isWritten(Digest key, List<SessionRecord.Use> uses, Packer packer) throws IOException {
        Present before = present(key);
        SessionRecord merged = before.record().after(uses);
        Set<Digest> known = artifacts(before.record());
        Set<Digest> unfit = unfitPacks(merged);
        List<SessionRecord.Use> unpacked = merged.kept().stream()
                .filter(one -> !known.contains(one.use().artifact())
                        || one.pack().filter(unfit::contains).isPresent())
                .map(SessionRecord.Kept::use)
                .toList();
        if (unfit.isEmpty() && known.containsAll(artifacts(merged))) {
            return true;
        }
        packer.pack(unpacked);
        return isReplaced(
                before,
                merged.packed(one -> one.pack()
                        .filter(pack -> !unfit.contains(pack))
                        .or(() -> packer.of(one.use().artifact()))));
    }

    private static Set<Digest> artifacts(SessionRecord record) {
        return record.kept().stream().map(one -> one.use().artifact()).collect(Collectors.toSet());
    }

    /** One that is damaged, or that nobody trusted signed, is replaced. */
    private Present present(Digest key) throws StoreException {
        return connection.ask(store -> {
            Optional<StoredObject> found = store.get(layout.session(key));
            if (found.isEmpty()) {
                return new Present(SessionRecord.none(key), Optional.empty());
            }
            try (StoredObject object = found.get()) {
                Optional<String> etag = Optional.of(object.info().etag());
                byte[] bytes = object.content().readNBytes(SessionRecord.LARGEST + 1);
                try {
                    return new Present(SessionRecord.decode(key, layout.place(), trust, bytes), etag);
                } catch (DamagedObject | UntrustedObject e) {
                    return new Present(SessionRecord.none(key), etag);
                }
            }
        });
    }

    /** Returns the packs that are gone from the store, and, of too many, the small ones of which all that counts is here. */
    private Set<Digest> unfitPacks(SessionRecord record) throws StoreException {
        Set<Digest> gone = new HashSet<>();
        Map<Digest, Long> sizes = new HashMap<>();
        for (Digest pack : record.packs()) {
            connection
                    .write(store -> store.head(layout.pack(pack)))
                    .ifPresentOrElse(info -> sizes.put(pack, info.size()), () -> gone.add(pack));
        }
        if (sizes.size() > MANY_PACKS) {
            Set<Digest> small = sizes.entrySet().stream()
                    .filter(pack -> pack.getValue() < Pack.FULL / 2)
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toSet());
            Map<Digest, Integer> uses = new HashMap<>();
            for (SessionRecord.Kept one : record.kept()) {
                boolean here = cache.contains(one.use().context(), one.use().artifact());
                one.pack().ifPresent(pack -> uses.merge(pack, here ? 1 : MANY_USES, Integer::sum));
            }
            small.removeIf(pack -> uses.getOrDefault(pack, 0) >= MANY_USES);
            if (small.size() > 1) {
                gone.addAll(small);
            }
        }
        return gone;
    }

    private boolean isReplaced(Present before, SessionRecord record) throws IOException {
        byte[] bytes = record.encode(layout.place(), settings.signer());
        Content content = Content.of(bytes);
        String name = layout.session(record.key());
        boolean conditional = connection.capabilities().conditionalPut() == Support.YES;
        bandwidth.take(bytes.length);
        return connection.write(store -> {
                    if (!conditional) {
                        return store.put(name, content);
                    }
                    return before.etag().isPresent()
                            ? store.putIfMatch(name, content, before.etag().get())
                            : store.putIfAbsent(name, content);
                })
                instanceof PutResult.Stored;
    }
}
