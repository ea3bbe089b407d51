package dev.cairn.remote;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.Digest;
import dev.cairn.cache.PinnedArtifact;
import dev.cairn.remote.Capabilities.Support;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Does one upload: the artifact, whole, and then the entry that leads to it, so that no reader is ever led to nothing.
 * Thread-safe.
 */
final class Uploader {
    private static final int REMEMBERED = 100_000;
    private static final int TURNS = 64;

    /** From here on it is asked first whether an artifact is there already. */
    private static final long WORTH_ASKING = 32 << 10;

    /** What became of an upload that did not fail. */
    enum Outcome {
        DONE,
        EVICTED
    }

    private final StoreConnection connection;
    private final ArtifactCache cache;
    private final Layout layout;
    private final Optional<SigningKey> signer;
    private final BundleWriter writer;
    private final Path temporary;
    private final Bandwidth bandwidth;
    private final RemoteCounters counters;
    private final Consumer<UploadJob> uploaded;
    private final List<ReentrantLock> turns =
            Stream.generate(ReentrantLock::new).limit(TURNS).toList();
    private final Cache<Digest, Boolean> present =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    /**
     * Makes an uploader.
     *
     * @param uploaded told of each job that is done
     */
    Uploader(
            RemoteSettings settings,
            StoreConnection connection,
            ArtifactCache cache,
            Bandwidth bandwidth,
            RemoteCounters counters,
            Consumer<UploadJob> uploaded) {
        this.connection = connection;
        this.cache = cache;
        this.layout = settings.writeLayout();
        this.signer = settings.signer();
        this.writer = new BundleWriter(layout.place(), signer, FormatLimits.DEFAULT);
        this.temporary = settings.temporary();
        this.bandwidth = bandwidth;
        this.counters = counters;
        this.uploaded = uploaded;
    }

    /** Uploads; an exception that is no {@link StoreException} is this machine's fault. */
    Outcome upload(UploadJob job) throws IOException {
        Capabilities capabilities = connection.capabilities();
        if (present.getIfPresent(job.artifact()) == null) {
            Optional<PinnedArtifact> found = cache.pin(job.context(), job.artifact());
            if (found.isEmpty()) {
                return Outcome.EVICTED;
            }
            try (PinnedArtifact pinned = found.get()) {
                uploadArtifact(job.artifact(), pinned, capabilities);
            }
            present.put(job.artifact(), true);
        }
        SealedEntry entry = SealedEntry.create(layout.place(), job.context(), job.artifact(), job.entry(), signer);
        addEntry(job.context(), entry, capabilities);
        uploaded.accept(job);
        return Outcome.DONE;
    }

    /** The threads of one machine need not race each other for a manifest. */
    private void addEntry(Digest context, SealedEntry entry, Capabilities capabilities) throws StoreException {
        ReentrantLock turn = turns.get(Math.floorMod(context.a(), turns.size()));
        turn.lock();
        try {
            connection.write(store -> {
                ManifestStore.add(store, capabilities, layout, context, List.of(entry));
                return true;
            });
        } finally {
            turn.unlock();
        }
    }

    private void uploadArtifact(Digest key, PinnedArtifact pinned, Capabilities capabilities) throws IOException {
        Path file = temporary.resolve("upload-" + UUID.randomUUID());
        try {
            writer.write(key, pinned.artifact(), file);
            long size = Files.size(file);
            String name = layout.artifact(key);
            boolean conditional = capabilities.conditionalPut() == Support.YES;
            if ((!conditional || size > WORTH_ASKING)
                    && connection.write(store -> store.head(name)).isPresent()) {
                return;
            }
            bandwidth.take(size);
            connection.write(store ->
                    conditional ? store.putIfAbsent(name, Content.of(file)) : store.put(name, Content.of(file)));
            counters.bytesUp.add(size);
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
