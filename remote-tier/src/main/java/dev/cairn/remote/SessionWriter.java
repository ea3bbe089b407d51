package dev.cairn.remote;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import dev.cairn.cache.PinnedArtifact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Writes the record of a build, and its small artifacts once more, in packs. Thread-safe. */
final class SessionWriter {
    private final StoreConnection connection;
    private final ArtifactCache cache;
    private final Layout layout;
    private final Optional<SigningKey> signer;
    private final BundleWriter writer;
    private final Path temporary;

    SessionWriter(RemoteSettings settings, StoreConnection connection, ArtifactCache cache) {
        this.connection = connection;
        this.cache = cache;
        this.layout = settings.writeLayout();
        this.signer = settings.signer();
        this.writer = new BundleWriter(layout.place(), signer, FormatLimits.DEFAULT);
        this.temporary = settings.temporary();
    }

    void write(SessionName session, List<SessionRecord.Use> uses) throws IOException {
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
        byte[] record = new SessionRecord(session.key(), packs, uses).encode(layout.place(), signer);
        connection.write(store -> store.put(layout.session(session.key()), Content.of(record)));
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
