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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** Puts what was used and is in the local cache into packs, each once, however often the record is merged. For one record. */
final class Packer {
    private final StoreConnection connection;
    private final ArtifactCache cache;
    private final Layout layout;
    private final BundleWriter writer;
    private final Path temporary;
    private final Bandwidth bandwidth;
    private final Function<SessionRecord.Use, Optional<byte[]>> entries;

    /** What was tried; empty for what is not here. */
    private final Map<Digest, Optional<Digest>> packs = new HashMap<>();

    private final List<Pack.Item> items = new ArrayList<>();
    private long bundleBytes;
    private long listBytes;

    /** @param entries what led to a use; empty when it is known no longer */
    Packer(
            RemoteSettings settings,
            StoreConnection connection,
            ArtifactCache cache,
            Bandwidth bandwidth,
            Function<SessionRecord.Use, Optional<byte[]>> entries) {
        this.entries = entries;
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
            if (bundleBytes >= Pack.FULL || listBytes >= Pack.FULL_LIST) {
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
        Optional<byte[]> entry = entries.apply(use).filter(bytes -> bytes.length <= FormatLimits.ENTRY);
        Optional<byte[]> bundle = entry.isPresent() ? bundle(use) : Optional.empty();
        if (bundle.isPresent()) {
            Pack.Item item = new Pack.Item(use, entry.get(), bundle.get());
            items.add(item);
            bundleBytes += bundle.get().length;
            listBytes += item.listed();
        }
    }

    /** Returns no bytes for one that is too large, and nothing for one that is not here. */
    private Optional<byte[]> bundle(SessionRecord.Use use) throws IOException {
        Optional<PinnedArtifact> found = cache.pin(use.context(), use.artifact());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Path file = temporary.resolve("pack-" + UUID.randomUUID());
        try (PinnedArtifact pinned = found.get()) {
            writer.write(use.artifact(), pinned.artifact(), file);
            return Optional.of(Files.size(file) <= Pack.SMALL ? Files.readAllBytes(file) : new byte[0]);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private void finish() throws StoreException {
        if (items.isEmpty()) {
            return;
        }
        Digest key = put(new Pack(items));
        items.forEach(item -> packs.put(item.use().artifact(), Optional.of(key)));
        items.clear();
        bundleBytes = 0;
        listBytes = 0;
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
