package dev.cairn.remote;

import dev.cairn.cache.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * One warm-up: fetches what records of earlier builds name, packs first, all at once, and hands each artifact on as soon
 * as it is there. Thread-safe; for one use.
 */
final class WarmUp {
    /** A pack is in memory while it is unpacked, some three times its size, and the daemon's is small. */
    private static final int PACKS_AT_ONCE = 2;

    /** Where what is in no pack comes from. */
    interface Single {
        Optional<byte[]> entry(SessionRecord.Use use) throws StoreException;

        Optional<FetchedArtifact> artifact(Digest key) throws StoreException;
    }

    private final RemoteSettings settings;
    private final Trust trust;
    private final StoreConnection connection;
    private final ExecutorService executor;
    private final Single single;
    private final WarmLimits limits;
    private final Deadline deadline;
    private final Semaphore requests;
    private final Semaphore unpacking = new Semaphore(PACKS_AT_ONCE);
    private final Consumer<WarmProgress> progress;
    private final WarmSink sink;
    private final Map<Digest, SessionRecord.Use> wanted = new ConcurrentHashMap<>();
    private final AtomicLong fetched = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private volatile int recordsFound;
    private volatile long found;

    WarmUp(
            RemoteSettings settings,
            StoreConnection connection,
            ExecutorService executor,
            Single single,
            WarmLimits limits,
            WarmSink sink,
            Consumer<WarmProgress> progress) {
        this.settings = settings;
        this.trust = new Trust(settings.trusted());
        this.connection = connection;
        this.executor = executor;
        this.single = single;
        this.limits = limits;
        this.deadline = Deadline.in(limits.time());
        this.requests = new Semaphore(limits.requests());
        this.sink = sink;
        this.progress = progress;
    }

    /** Runs, and returns how far it got. */
    WarmProgress run(List<SessionName> sessions, Predicate<SessionRecord.Use> absent) throws InterruptedException {
        List<Map.Entry<Layout, SessionRecord>> records = records(sessions);
        for (var record : records) {
            for (SessionRecord.Kept one : record.getValue().kept()) {
                if (absent.test(one.use())) {
                    wanted.putIfAbsent(one.use().artifact(), one.use());
                }
            }
        }
        recordsFound = records.size();
        found = wanted.size();
        progress.accept(progress());
        List<Future<?>> packs = new ArrayList<>();
        for (var pack : wantedPacks(records)) {
            packs.add(executor.submit(() -> limited(unpacking, () -> unpack(pack.getKey(), pack.getValue()))));
        }
        await(packs);
        List<Future<?>> singles = new ArrayList<>();
        for (Digest artifact : wanted.keySet()) {
            singles.add(executor.submit(() -> limited(requests, () -> fetch(artifact, Optional.empty()))));
        }
        await(singles);
        return progress();
    }

    /** Fetches all records at once; the order of what is found is that of the sessions. */
    private List<Map.Entry<Layout, SessionRecord>> records(List<SessionName> sessions) throws InterruptedException {
        List<Future<Optional<Map.Entry<Layout, SessionRecord>>>> asked = new ArrayList<>();
        for (SessionName session : sessions) {
            for (Layout layout : settings.readLayouts()) {
                asked.add(
                        executor.submit(() -> record(layout, session.key()).map(record -> Map.entry(layout, record))));
            }
        }
        await(asked);
        return asked.stream()
                .filter(one -> one.state() == Future.State.SUCCESS)
                .flatMap(one -> one.resultNow().stream())
                .toList();
    }

    /** Each pack once that has something that is wanted. */
    private Set<Map.Entry<Layout, Digest>> wantedPacks(List<Map.Entry<Layout, SessionRecord>> records) {
        Set<Map.Entry<Layout, Digest>> packs = new LinkedHashSet<>();
        for (var record : records) {
            record.getValue().kept().stream()
                    .filter(one -> wanted.containsKey(one.use().artifact()))
                    .flatMap(one -> one.pack().stream())
                    .forEach(pack -> packs.add(Map.entry(record.getKey(), pack)));
        }
        return packs;
    }

    private Optional<SessionRecord> record(Layout layout, Digest key) {
        try {
            return SessionRecord.read(connection, layout, key, trust);
        } catch (StoreException e) {
            return Optional.empty();
        }
    }

    /** Does something that asks the store, when it is its turn, unless the limits are reached. */
    private void limited(Semaphore turns, Runnable work) {
        try {
            turns.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        try {
            if (deadline.remainingNanos() > 0
                    && bytes.get() < limits.bytes()
                    && !wanted.isEmpty()
                    && connection.isUsable()) {
                work.run();
            }
        } finally {
            turns.release();
        }
        progress.accept(progress());
    }

    private void unpack(Layout layout, Digest key) {
        Pack pack;
        try {
            pack = connection.ask(store -> {
                try (InputStream content =
                        store.content(layout.pack(key)).orElseThrow(() -> new DamagedObject("no pack"))) {
                    return Pack.decode(key, content.readNBytes(Pack.LARGEST + 1));
                }
            });
        } catch (StoreException e) {
            return; // What was in it is fetched one by one.
        }
        BundleReader reader = new BundleReader(layout.place(), trust, FormatLimits.DEFAULT);
        List<Future<?>> large = new ArrayList<>();
        for (Pack.Item item : pack.items()) {
            // Who writes a pack may say anything in it; what the record says of the use counts.
            if (!item.use().equals(wanted.get(item.use().artifact()))) {
                continue;
            }
            if (item.bundle().length > 0) {
                take(reader, item);
            } else {
                Runnable fetch = () -> fetch(item.use().artifact(), Optional.of(item.entry()));
                large.add(executor.submit(() -> limited(requests, fetch)));
            }
        }
        try {
            await(large);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void take(BundleReader reader, Pack.Item item) {
        SessionRecord.Use use = item.use();
        if (!wanted.remove(use.artifact(), use)) {
            return;
        }
        Path directory = settings.temporary().resolve("warm-" + UUID.randomUUID());
        try (FetchedArtifact artifact =
                reader.read(use.artifact(), new ByteArrayInputStream(item.bundle()), directory)) {
            deliver(use, item.entry(), artifact);
        } catch (IOException e) {
            wanted.put(use.artifact(), use);
        }
    }

    private void fetch(Digest key, Optional<byte[]> known) {
        Optional<SessionRecord.Use> use = Optional.ofNullable(wanted.remove(key));
        if (use.isEmpty()) {
            return;
        }
        try {
            Optional<byte[]> entry = known.isPresent() ? known : single.entry(use.get());
            Optional<FetchedArtifact> found = entry.isPresent() ? single.artifact(key) : Optional.empty();
            if (found.isEmpty()) {
                failed.incrementAndGet();
                return;
            }
            try (FetchedArtifact artifact = found.get()) {
                deliver(use.get(), entry.get(), artifact);
            }
        } catch (StoreException e) {
            failed.incrementAndGet();
        }
    }

    private void deliver(SessionRecord.Use use, byte[] entry, FetchedArtifact artifact) {
        bytes.addAndGet(artifact.bytes());
        (sink.take(use, entry, artifact) ? fetched : failed).incrementAndGet();
    }

    private void await(List<? extends Future<?>> started) throws InterruptedException {
        try {
            for (Future<?> one : started) {
                one.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (TimeoutException e) {
            started.forEach(one -> one.cancel(true));
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    WarmProgress progress() {
        return new WarmProgress(recordsFound, found, fetched.get(), failed.get(), bytes.get());
    }
}
