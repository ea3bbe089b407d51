package dev.cairn.remote;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import dev.cairn.cache.PinnedArtifact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Writes the record of a build, and its small artifacts once more, in packs. What the record said before stays in it, after
 * what this build used, so that a build of a few files does not make the record of a whole one useless. Thread-safe.
 */
final class SessionWriter {
    /** With more packs than this all is packed anew. */
    private static final int MOST_PACKS = 64;

    private static final int MOST_USES = 20_000;

    private final StoreConnection connection;
    private final ArtifactCache cache;
    private final Trust trust;
    private final Layout layout;
    private final Optional<SigningKey> signer;
    private final BundleWriter writer;
    private final Path temporary;

    SessionWriter(RemoteSettings settings, StoreConnection connection, ArtifactCache cache) {
        this.connection = connection;
        this.cache = cache;
        this.layout = settings.writeLayout();
        this.trust = new Trust(believed(settings));
        this.signer = settings.signer();
        this.writer = new BundleWriter(layout.place(), signer, FormatLimits.DEFAULT);
        this.temporary = settings.temporary();
    }

    /** Who signs must not sign what anybody may have written. */
    private static List<TrustedKey> believed(RemoteSettings settings) {
        return settings.trusted().isEmpty()
                ? settings.signer().map(SigningKey::trusted).stream().toList()
                : settings.trusted();
    }

    void write(SessionName session, List<SessionRecord.Use> uses) throws IOException {
        SessionRecord before = previous(session).orElse(new SessionRecord(session.key(), List.of(), List.of()));
        Set<Digest> known =
                before.uses().stream().map(SessionRecord.Use::artifact).collect(Collectors.toSet());
        List<SessionRecord.Use> fresh =
                uses.stream().filter(use -> !known.contains(use.artifact())).toList();
        if (fresh.isEmpty()) {
            return;
        }
        List<SessionRecord.Use> all = merged(uses, before.uses());
        boolean anew = before.packs().size() >= MOST_PACKS;
        List<Digest> packs = packed(anew ? all : fresh);
        if (!anew) {
            packs.addAll(before.packs());
        }
        byte[] record = new SessionRecord(session.key(), packs, all).encode(layout.place(), signer);
        connection.write(store -> store.put(layout.session(session.key()), Content.of(record)));
    }

    /** One that is damaged, or that nobody trusted signed, is replaced. */
    private Optional<SessionRecord> previous(SessionName session) throws StoreException {
        try {
            return SessionRecord.read(connection, layout, session.key(), trust);
        } catch (StoreException e) {
            if (e.failure() == Failure.DAMAGED) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static List<SessionRecord.Use> merged(List<SessionRecord.Use> now, List<SessionRecord.Use> before) {
        Map<Digest, SessionRecord.Use> merged = new LinkedHashMap<>();
        now.forEach(use -> merged.put(use.artifact(), use));
        before.forEach(use -> merged.putIfAbsent(use.artifact(), use));
        return merged.values().stream().limit(Math.max(MOST_USES, now.size())).toList();
    }

    private List<Digest> packed(List<SessionRecord.Use> uses) throws IOException {
        List<Digest> packs = new ArrayList<>();
        List<byte[]> bundles = new ArrayList<>();
        long size = 0;
        for (SessionRecord.Use use : uses) {
            Optional<byte[]> bundle = bundle(use);
            if (bundle.isPresent()) {
                bundles.add(bundle.get());
                size += bundle.get().length;
            }
            if (size >= Pack.FULL) {
                packs.add(put(new Pack(bundles)));
                bundles.clear();
                size = 0;
            }
        }
        if (!bundles.isEmpty()) {
            packs.add(put(new Pack(bundles)));
        }
        return packs;
    }

    private Optional<byte[]> bundle(SessionRecord.Use use) throws IOException {
        Optional<PinnedArtifact> found = cache.pin(use.context(), use.artifact());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Path file = temporary.resolve("pack-" + UUID.randomUUID());
        try (PinnedArtifact pinned = found.get()) {
            writer.write(use.artifact(), pinned.artifact(), file);
            return Files.size(file) <= Pack.SMALL ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** A pack of the same bytes is there already when the same build was made twice. */
    private Digest put(Pack pack) throws StoreException {
        byte[] bytes = pack.encode();
        Digest key = Hasher.content(bytes);
        String name = layout.pack(key);
        if (connection.write(store -> store.head(name)).isEmpty()) {
            connection.write(store -> store.put(name, Content.of(bytes)));
        }
        return key;
    }
}
