package dev.cairn.remote;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.Digest;
import dev.cairn.cache.FileStates;
import dev.cairn.cache.LocalCache;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.cache.NewArtifact;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A machine with a local cache of its own and a remote tier. */
final class Machine implements AutoCloseable {
    /** Quick, so that tests are. */
    static final RemoteTuning QUICK = new RemoteTuning(
            new RequestLimits(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(10)),
            Duration.ofSeconds(2),
            Duration.ofSeconds(30),
            Duration.ofMillis(300),
            Duration.ofMillis(50),
            Duration.ofMillis(50),
            Duration.ofMillis(20),
            Duration.ofMillis(200),
            4,
            1_000,
            0,
            new FilterTuning(
                    true,
                    Duration.ofMillis(100),
                    Duration.ofSeconds(2),
                    Duration.ofMillis(50),
                    Duration.ofMillis(100)));

    private static final long BUDGET = 1L << 30;

    final Path directory;
    final ArtifactCache cache;
    final RemoteTier tier;

    /** What led to a use, for records. */
    Function<SessionRecord.Use, Optional<byte[]>> entries = use -> Optional.of(SampleArtifacts.utf8("entry"));

    Machine(Path directory, RemoteUrl url, UnaryOperator<RemoteSettings> settings) throws Exception {
        this.directory = Files.createDirectories(directory);
        this.cache = LocalCache.open(directory.resolve("cache"), BUDGET, FileStates::signatureOf);
        this.tier = RemoteTier.open(
                settings.apply(
                        RemoteSettings.of(url, directory.resolve("temporary")).withTuning(QUICK)),
                cache);
    }

    static Machine at(Path directory, RemoteUrl url) throws Exception {
        return new Machine(directory, url, settings -> settings);
    }

    /** Stores an artifact with one output locally, and offers it. */
    void produce(String context, String name, byte[] output) {
        store(context, name, output);
        offer(context, name);
    }

    /** Stores an artifact with one output locally, with the record of the upload that is due then. */
    void store(String context, String name, byte[] output) {
        try {
            Path file = Files.write(Files.createTempFile(directory, "output", ".o"), output);
            Digest artifact = SampleArtifacts.key(name);
            cache.store(
                    SampleArtifacts.key(context),
                    new ManifestEntry(List.of(), List.of(), List.of(), List.of(), List.of(), "", artifact),
                    new NewArtifact(
                            List.of(new NewArtifact.NewOutput.Written("object", file.toString())),
                            SampleArtifacts.utf8("stdout of " + name),
                            new byte[0]),
                    tier.upload(SampleArtifacts.key(context), entry(name), artifact));
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void offer(String context, String name) {
        tier.offer(SampleArtifacts.key(context), entry(name), SampleArtifacts.key(name));
    }

    private static byte[] entry(String name) {
        return SampleArtifacts.utf8("entry of " + name);
    }

    Optional<String> record(SessionName session, List<SessionRecord.Use> uses) {
        return tier.record(session, uses, entries);
    }

    /** Waits for the uploads. */
    UploadProgress drain() {
        return tier.drain(Duration.ofSeconds(30), progress -> {});
    }

    RemoteAnswer<List<RemoteEntry>> manifest(String context) {
        return tier.manifest("build", SampleArtifacts.key(context), Deadline.in(Duration.ofSeconds(10)));
    }

    /** Fetches an artifact and returns its only output. */
    RemoteAnswer<byte[]> artifact(String name) {
        return artifact(name, Duration.ofSeconds(10));
    }

    RemoteAnswer<byte[]> artifact(String name, Duration limit) {
        return switch (tier.artifact("build", SampleArtifacts.key(name), Deadline.in(limit))) {
            case RemoteAnswer.Found<FetchedArtifact> found -> {
                try (FetchedArtifact artifact = found.value()) {
                    yield new RemoteAnswer.Found<>(
                            Files.readAllBytes(artifact.outputs().getLast().file()));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            case RemoteAnswer.Absent<FetchedArtifact> absent -> new RemoteAnswer.Absent<>();
            case RemoteAnswer.Unavailable<FetchedArtifact> no -> new RemoteAnswer.Unavailable<>(no.reason());
        };
    }

    RemoteStatus.Counters counters() {
        return tier.status().counters();
    }

    @Override
    public void close() {
        tier.close();
        cache.close();
    }
}
