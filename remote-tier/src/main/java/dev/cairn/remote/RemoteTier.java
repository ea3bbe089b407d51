package dev.cairn.remote;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.Digest;
import dev.cairn.cache.Records;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What other machines share: manifests and artifacts in an object store. Nothing here throws at the pipeline, and nothing
 * takes longer than the deadline that it was given, whatever the store does. Opening it costs nothing; the store's
 * library is loaded by the first question. Thread-safe.
 */
public final class RemoteTier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteTier.class);
    private static final int REQUESTS = 64;
    private static final int REMEMBERED_SCOPES = 100_000;

    private final RemoteSettings settings;
    private final Trust trust;
    private final RemoteCounters counters = new RemoteCounters();

    /** What is to be done after the end is not done. */
    private final ScheduledExecutorService scheduler = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("remote").factory(), new ThreadPoolExecutor.DiscardPolicy());

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final StoreConnection connection;
    private final Reachability reachability;
    private final BuildBudgets budgets;
    private final Reads<List<RemoteEntry>> manifests;
    private final Reads<FetchedArtifact> artifacts;
    private final UploadQueue uploads;
    private final SessionWriter records;
    private final MissFilter filter;

    /** In which scope an artifact was promised, to ask there first. */
    private final Cache<Digest, Layout> scopes =
            Caffeine.newBuilder().maximumSize(REMEMBERED_SCOPES).build();

    private RemoteTier(RemoteSettings settings, ArtifactCache cache, StoreConnection.Opener opener) {
        this.settings = settings;
        this.trust = new Trust(settings.trusted());
        RemoteTuning tuning = settings.tuning();
        connection = new StoreConnection(
                settings.url().toString(), opener, settings.writeLayout().probe(), tuning.probeAfter(), scheduler);
        reachability = new Reachability(connection, executor);
        budgets = new BuildBudgets(tuning.waitPerBuild(), tuning.buildIdle());
        ReadContext context = new ReadContext(connection, counters, budgets, tuning, executor, new Semaphore(REQUESTS));
        OwnRecords announcements = new OwnRecords(cache.records(), settings.announcements());
        filter = new MissFilter(settings, connection, announcements, scheduler, executor);
        manifests = new Reads<>(
                context,
                (key, firstByte) -> fetchManifest(filter.scopesWith(key), key, firstByte),
                (entries, letGo) -> entries,
                entries -> {});
        artifacts = new Reads<>(context, this::fetchArtifact, FetchedArtifact::sharedUntil, FetchedArtifact::close);
        Bandwidth bandwidth = new Bandwidth(tuning.bytesPerSecond());
        Uploader uploader = new Uploader(settings, connection, cache, bandwidth, counters, job -> {
            forget(job.context(), job.artifact());
            filter.seen(settings.writeLayout(), job.context());
        });
        records = new SessionWriter(settings, connection, cache, bandwidth);
        uploads = new UploadQueue(new OwnRecords(cache.records(), settings.destination()), uploader::upload, tuning);
    }

    /**
     * Opens the tier, and takes up the uploads that an earlier process left. Asks the store nothing.
     *
     * @param cache where uploads are read from, and where the queue is kept; must be open until the tier is closed
     * @throws IOException when the directory for temporary files cannot be used
     */
    public static RemoteTier open(RemoteSettings settings, ArtifactCache cache) throws IOException {
        return open(
                settings,
                cache,
                () -> ObjectStores.open(
                        settings.url(),
                        settings.credentials(),
                        settings.variables(),
                        settings.tuning().limits()));
    }

    static RemoteTier open(RemoteSettings settings, ArtifactCache cache, StoreConnection.Opener opener)
            throws IOException {
        Files.createDirectories(settings.temporary());
        deleteLeftovers(settings.temporary());
        RemoteTier tier = new RemoteTier(settings, cache, opener);
        if (settings.mode().writes()) {
            tier.filter.start();
            tier.uploads.start();
        }
        return tier;
    }

    private static void deleteLeftovers(Path temporary) {
        try (Stream<Path> left = Files.list(temporary)) {
            for (Path path : (Iterable<Path>) left::iterator) {
                if (Files.isDirectory(path)) {
                    FetchedArtifact.delete(path);
                } else {
                    Files.deleteIfExists(path);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("leftovers in {}", temporary, e);
        }
    }

    /**
     * Returns the entries of a context's manifest, of all scopes that are read.
     *
     * @param build whose waiting this is: what is equal for all compilations of a build, such as its process group
     */
    public RemoteAnswer<List<RemoteEntry>> manifest(String build, Digest context, Deadline deadline) {
        if (!settings.mode().reads()) {
            return new RemoteAnswer.Absent<>();
        }
        if (filter.scopesWith(context).isEmpty()) {
            counters.filtered.increment();
            return new RemoteAnswer.Absent<>();
        }
        return manifests.ask(build, context, deadline);
    }

    /**
     * Fetches an artifact; it has to be closed.
     *
     * @param build as with {@link #manifest}
     */
    public RemoteAnswer<FetchedArtifact> artifact(String build, Digest artifact, Deadline deadline) {
        return settings.mode().reads() ? artifacts.ask(build, artifact, deadline) : new RemoteAnswer.Absent<>();
    }

    /**
     * Returns the record of an upload, to be stored together with the artifact: then whoever comes after a process that is
     * killed before it has offered the artifact uploads it. Empty when this machine does not write.
     *
     * @param entry as with {@link #offer}
     */
    public Optional<Records.Entry> upload(Digest context, byte[] entry, Digest artifact) {
        return settings.mode().writes() && entry.length <= FormatLimits.ENTRY
                ? Optional.of(uploads.record(UploadJob.of(context, artifact, entry)))
                : Optional.empty();
    }

    /**
     * Queues an upload; returns at once. The artifact is read from the local cache when its turn comes.
     *
     * @param entry what readers need to find out whether the artifact fits; opaque here
     */
    public void offer(Digest context, byte[] entry, Digest artifact) {
        if (settings.mode().writes() && entry.length <= FormatLimits.ENTRY) {
            uploads.offer(UploadJob.of(context, artifact, entry));
        }
    }

    /**
     * Leaves a record of what a build used, for {@link #warm} elsewhere. Takes as long as it takes; for the background.
     *
     * @param entries what led to a use, as it was offered; empty when that is known no longer
     * @return one line on what went wrong, or empty
     */
    public Optional<String> record(
            SessionName session, List<SessionRecord.Use> uses, Function<SessionRecord.Use, Optional<byte[]>> entries) {
        if (!settings.mode().writes()) {
            return Optional.of("this machine only reads");
        }
        try {
            records.write(session, uses, entries);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(StoreException.of(e).line());
        }
    }

    /**
     * Fetches what earlier builds used.
     *
     * @param sessions the most fitting first
     * @param absent whether something is missing here
     * @param sink takes in what comes
     * @param progress told after each request, from many threads
     */
    public WarmProgress warm(
            List<SessionName> sessions,
            WarmLimits limits,
            Predicate<SessionRecord.Use> absent,
            WarmSink sink,
            Consumer<WarmProgress> progress) {
        WarmUp warmUp = new WarmUp(settings, connection, executor, new SingleFetches(), limits, sink, progress);
        try {
            return settings.mode().reads() ? warmUp.run(sessions, absent) : new WarmProgress(0, 0, 0, 0, 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return warmUp.progress();
        }
    }

    /** Returns how long builds may still wait. */
    public BuildBudgets budgets() {
        return budgets;
    }

    /** Returns how it stands. */
    public RemoteStatus status() {
        return new RemoteStatus(
                settings.url().toString(),
                settings.mode(),
                settings.namespace(),
                connection.state(),
                connection.lastError(),
                connection.knownCapabilities(),
                counters.snapshot(uploads.progress()));
    }

    /** Returns one line on what keeps this machine from reading, if anything does; that it cannot write does not. */
    public Optional<String> readFault() {
        return connection.lastReadError();
    }

    /**
     * Asks the store something harmless: whether it can be reached.
     *
     * @return one line on what is wrong, or empty
     */
    public Optional<String> check(Duration limit) {
        filter.prepare();
        return reachability.ofReading(limit, settings.writeLayout());
    }

    /**
     * Finds out what the store can do, where this machine writes; takes several requests, one after the other.
     *
     * @return one line on what is wrong, or empty
     */
    public Optional<String> checkWriting(Duration limit) {
        return settings.mode().writes() ? reachability.ofWriting(limit) : Optional.empty();
    }

    /**
     * Waits until all uploads are done, or the time is over.
     *
     * @param progress told now and then
     * @return how they stand then; {@code queued} is 0 when all are done
     */
    public UploadProgress drain(Duration limit, Consumer<UploadProgress> progress) {
        try {
            Deadline deadline = Deadline.in(limit);
            if (uploads.drain(deadline, progress) && settings.mode().writes()) {
                filter.drain(deadline);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return uploads.progress();
    }

    /** What a warm-up does not find in packs. */
    private final class SingleFetches implements WarmUp.Single {
        @Override
        public Optional<byte[]> entry(SessionRecord.Use use) throws StoreException {
            return fetchManifest(settings.readLayouts(), use.context(), () -> {}).stream()
                    .flatMap(List::stream)
                    .filter(entry -> entry.artifact().equals(use.artifact()))
                    .map(RemoteEntry::entry)
                    .findFirst();
        }

        @Override
        public Optional<FetchedArtifact> artifact(Digest key) throws StoreException {
            return fetchArtifact(key, () -> {});
        }
    }

    private Optional<List<RemoteEntry>> fetchManifest(List<Layout> layouts, Digest context, Runnable firstByte)
            throws StoreException {
        List<RemoteEntry> entries = new ArrayList<>();
        Optional<StoreException> failure = Optional.empty();
        for (Layout layout : layouts) {
            try {
                connection
                        .ask(store -> ManifestStore.read(store, layout, context, firstByte))
                        .ifPresent(manifest -> entries.addAll(trusted(manifest, layout)));
            } catch (StoreException e) {
                count(e);
                failure = Optional.of(e);
            }
        }
        if (entries.isEmpty() && failure.isPresent()) {
            throw failure.get();
        }
        return entries.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(entries));
    }

    private List<RemoteEntry> trusted(ManifestObject manifest, Layout layout) {
        filter.seen(layout, manifest.context());
        List<RemoteEntry> entries = new ArrayList<>();
        for (SealedEntry entry : manifest.entries()) {
            if (entry.isTrusted(trust, layout.place(), manifest.context())) {
                scopes.asMap().putIfAbsent(entry.artifact(), layout);
                entries.add(new RemoteEntry(entry.artifact(), entry.entry()));
            } else {
                counters.untrusted.increment();
            }
        }
        return entries;
    }

    private Optional<FetchedArtifact> fetchArtifact(Digest artifact, Runnable firstByte) throws StoreException {
        Optional<StoreException> failure = Optional.empty();
        for (Layout layout : layoutsFor(artifact)) {
            try {
                Optional<FetchedArtifact> fetched =
                        connection.ask(store -> fetchArtifact(store, layout, artifact, firstByte));
                if (fetched.isPresent()) {
                    counters.bytesDown.add(fetched.get().bytes());
                    return fetched;
                }
            } catch (StoreException e) {
                count(e);
                failure = Optional.of(e);
            }
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
        return Optional.empty();
    }

    private List<Layout> layoutsFor(Digest artifact) {
        List<Layout> layouts = new ArrayList<>(settings.readLayouts());
        Optional.ofNullable(scopes.getIfPresent(artifact)).ifPresent(promised -> {
            layouts.remove(promised);
            layouts.addFirst(promised);
        });
        return layouts;
    }

    private Optional<FetchedArtifact> fetchArtifact(
            ObjectStore store, Layout layout, Digest artifact, Runnable firstByte) throws IOException {
        Optional<InputStream> found = store.content(layout.artifact(artifact));
        firstByte.run();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Path directory = settings.temporary().resolve("fetched-" + UUID.randomUUID());
        try (InputStream content = found.get()) {
            BundleReader reader = new BundleReader(layout.place(), trust, FormatLimits.DEFAULT);
            return Optional.of(reader.read(artifact, content, directory));
        }
    }

    private void count(StoreException failure) {
        if (failure.getCause() instanceof UntrustedObject) {
            counters.untrusted.increment();
        } else if (failure.failure() == Failure.DAMAGED) {
            counters.damaged.increment();
        }
    }

    private void forget(Digest context, Digest artifact) {
        manifests.forget(context);
        artifacts.forget(artifact);
    }

    /** Stops at once; uploads that are queued stay queued. */
    @Override
    public void close() {
        connection.callOff();
        uploads.close();
        scheduler.shutdownNow();
        executor.shutdownNow();
        filter.close();
        connection.close();
    }
}
