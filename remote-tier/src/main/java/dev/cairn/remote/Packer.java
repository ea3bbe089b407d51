package dev.cairn.remote;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import dev.cairn.cache.PinnedArtifact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Puts small artifacts of the local cache into packs, each once, however often the record is merged. For one record. */
final class Packer {
    private final StoreConnection connection;
    private final ArtifactCache cache;
    private final Layout layout;
    private final BundleWriter writer;
    private final Path temporary;
    private final Bandwidth bandwidth;

    /** What was tried; empty for what is not here, or too large. */
    private final Map<Digest, Optional<Digest>> packs = new HashMap<>();

    private final List<byte[]> bundles = new ArrayList<>();
    private final Set<Digest> bundled = new HashSet<>();
    private long size;

    Packer(RemoteSettings settings, StoreConnection connection, ArtifactCache cache, Bandwidth bandwidth) {
        this.connection = connection;
        this.cache = cache;
        this.layout = settings.writeLayout();
        this.writer = new BundleWriter(layout.place(), settings.signer(), FormatLimits.DEFAULT);
        this.temporary = settings.temporary();
        this.bandwidth = bandwidth;
    }

    /** Packs what was not tried yet. */
    void pack(List<SessionRecord.Use> uses) throws IOException {
        for (SessionRecord.Use use : uses) {
            if (packs.putIfAbsent(use.artifact(), Optional.empty()) == null) {
                add(use);
            }
            if (size >= Pack.FULL) {
                finish();
            }
        }
        finish();
    }

    /** Returns the pack that something was put into. */
    Optional<Digest> of(Digest artifact) {
        return packs.getOrDefault(artifact, Optional.empty());
    }

    private void add(SessionRecord.Use use) throws IOException {
        Optional<byte[]> bundle = bundle(use);
        if (bundle.isPresent()) {
            bundles.add(bundle.get());
            bundled.add(use.artifact());
            size += bundle.get().length;
        }
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

    private void finish() throws StoreException {
        if (bundles.isEmpty()) {
            return;
        }
        Digest key = put(new Pack(bundles));
        bundled.forEach(artifact -> packs.put(artifact, Optional.of(key)));
        bundles.clear();
        bundled.clear();
        size = 0;
    }

    /** A pack of the same bytes is there already when another machine made the same build. */
    private Digest put(Pack pack) throws StoreException {
        byte[] bytes = pack.encode();
        Digest key = Hasher.content(bytes);
        String name = layout.pack(key);
        if (connection.write(store -> store.head(name)).isEmpty()) {
            bandwidth.take(bytes.length);
            connection.write(store -> store.put(name, Content.of(bytes)));
        }
        return key;
    }
}
