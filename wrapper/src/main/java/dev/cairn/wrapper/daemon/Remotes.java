package dev.cairn.wrapper.daemon;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.remote.ProviderVariables;
import dev.cairn.remote.RemoteTier;
import dev.cairn.remote.UploadProgress;
import dev.cairn.wrapper.config.RemoteOptions;
import dev.cairn.wrapper.config.Settings;
import dev.cairn.wrapper.pipeline.RemoteSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The remote tiers that the settings of requests name: one for each way of using a store, the last few of them. A daemon
 * whose requests name none never loads anything of them. Thread-safe.
 */
final class Remotes implements RemoteSource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Remotes.class);
    private static final int MOST = 4;

    private final Path directory;
    private final Supplier<Optional<ArtifactCache>> cache;
    private final Map<Use, OpenRemote> open = new LinkedHashMap<>(MOST, 0.75f, true);
    private int opened;
    private boolean closed;
    private volatile @Nullable Recent recent;

    /** How a store is used: by what settings, with what credentials. */
    record Use(RemoteOptions options, ProviderVariables variables) {}

    /** What was asked for last; requests of one build come with the same instances. */
    private record Recent(Settings settings, Map<String, String> environment, OpenRemote remote) {}

    /** @param directory for what is on its way; need not exist */
    Remotes(Path directory, Supplier<Optional<ArtifactCache>> cache) {
        this.directory = directory;
        this.cache = cache;
    }

    @Override
    public Optional<RemoteTier> of(Settings settings, Map<String, String> environment) {
        return settings.remote().url().isEmpty()
                ? Optional.empty()
                : find(settings, environment).flatMap(OpenRemote::awaitTier);
    }

    @Override
    public Optional<RemoteTier> opened(Settings settings, Map<String, String> environment) {
        return settings.remote().url().isEmpty()
                ? Optional.empty()
                : find(settings, environment).flatMap(OpenRemote::awaitOpen);
    }

    @Override
    public void prepare(Settings settings, Map<String, String> environment) {
        if (settings.remote().url().isPresent()) {
            find(settings, environment);
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private Optional<OpenRemote> find(Settings settings, Map<String, String> environment) {
        Recent last = recent;
        if (last != null && last.settings == settings && last.environment == environment && last.remote.isFit()) {
            return Optional.of(last.remote);
        }
        Use use = new Use(settings.remote(), ProviderVariables.of(environment));
        synchronized (open) {
            OpenRemote known = open.get(use);
            if (known == null || !known.isFit()) {
                Optional<ArtifactCache> store = closed ? Optional.empty() : cache.get();
                if (store.isEmpty()) {
                    return Optional.empty();
                }
                known = new OpenRemote(use, Leftovers.remote(directory, ++opened), store.get());
                open.put(use, known);
                closeEldest();
            }
            recent = new Recent(settings, environment, known);
            return Optional.of(known);
        }
    }

    private void closeEldest() {
        if (open.size() > MOST) {
            var eldest = open.entrySet().iterator().next();
            OpenRemote remote = eldest.getValue();
            open.remove(eldest.getKey());
            LOG.info("more than {} remotes in use, letting go of {}", MOST, remote.address());
            Thread.ofPlatform().daemon(true).name("close-remote").start(remote::close);
        }
    }

    /** Returns those in use, the last one last. */
    List<OpenRemote> inUse() {
        synchronized (open) {
            return new ArrayList<>(open.values());
        }
    }

    /** Returns how the uploads of all stand. */
    UploadProgress uploads() {
        long queued = 0;
        long done = 0;
        long failed = 0;
        long dropped = 0;
        for (OpenRemote remote : inUse()) {
            Optional<UploadProgress> progress =
                    remote.tier().map(tier -> tier.status().counters().uploads());
            queued += progress.map(UploadProgress::queued).orElse(0L);
            done += progress.map(UploadProgress::done).orElse(0L);
            failed += progress.map(UploadProgress::failed).orElse(0L);
            dropped += progress.map(UploadProgress::dropped).orElse(0L);
        }
        return new UploadProgress(queued, done, failed, dropped);
    }

    /** Waits until all uploads are done, or the time is over. */
    UploadProgress drain(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        for (OpenRemote remote : inUse()) {
            remote.tier()
                    .ifPresent(tier ->
                            tier.drain(Duration.ofNanos(Math.max(0, end - System.nanoTime())), progress -> {}));
        }
        return uploads();
    }

    /** Closes all; what is still to be uploaded stays queued for the next daemon. */
    @Override
    public void close() {
        List<OpenRemote> last;
        synchronized (open) {
            closed = true;
            last = inUse();
            open.clear();
        }
        last.forEach(OpenRemote::close);
    }
}
