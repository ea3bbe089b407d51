package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarmUpTest {
    private static final SessionName MAIN = new SessionName("https://host/repository", "main", "gcc release");
    private static final SessionName BRANCH = new SessionName("https://host/repository", "feature", "gcc release");
    private static final int SMALL = 60;
    private static final int LARGE = 3;

    @TempDir
    Path directory;

    private final FaultProxy proxy = FaultProxy.before(S3Server.PORT);

    @AfterEach
    void stop() throws IOException {
        proxy.close();
    }

    @Test
    void whatAnEarlierBuildUsedIsFetchedInFewRequests() throws Exception {
        RemoteUrl bucket = recorded();
        try (Machine fresh = Machine.at(directory.resolve("fresh"), throughProxy(bucket))) {
            Map<String, byte[]> arrived = new ConcurrentHashMap<>();
            WarmProgress done = warm(fresh, List.of(BRANCH, MAIN), WarmLimits.DEFAULT, arrived);
            assertThat(done.wanted()).isEqualTo(SMALL + LARGE);
            assertThat(done.fetched()).isEqualTo(SMALL + LARGE);
            assertThat(done.failed()).isZero();
            assertThat(arrived).hasSize(SMALL + LARGE);
            for (int i = 0; i < SMALL + LARGE; i++) {
                assertThat(arrived.get("entry of artifact" + i)).isEqualTo(output(i));
            }
            // Two records of which one is missing, one pack, and what is too large for a pack.
            assertThat(proxy.requests()).hasSizeLessThanOrEqualTo(4 + LARGE);
            assertThat(directory.resolve("fresh/temporary")).isEmptyDirectory();
        }
    }

    @Test
    void aLostPackIsMadeUpForOneByOne() throws Exception {
        RemoteUrl bucket = recorded();
        try (ObjectStore store =
                ObjectStores.open(bucket, HttpCredentials.NONE, ProviderVariables.NONE, RequestLimits.DEFAULT)) {
            List<String> packs = new ArrayList<>();
            store.list("default/", (key, size) -> !key.endsWith(".p") || packs.add(key));
            assertThat(packs).isNotEmpty();
            for (String pack : packs) {
                store.put(pack, ObjectStoreContract.text("not a pack"));
            }
        }
        try (Machine fresh = Machine.at(directory.resolve("fresh"), bucket)) {
            WarmProgress done = warm(fresh, List.of(MAIN), WarmLimits.DEFAULT, new ConcurrentHashMap<>());
            assertThat(done.fetched()).isEqualTo(SMALL + LARGE);
        }
    }

    @Test
    void theLimitsAreKept() throws Exception {
        RemoteUrl bucket = recorded();
        try (Machine fresh = Machine.at(directory.resolve("fresh"), throughProxy(bucket))) {
            WarmProgress few =
                    warm(fresh, List.of(MAIN), new WarmLimits(1, Duration.ofMinutes(1), 1), new ConcurrentHashMap<>());
            assertThat(few.fetched()).isBetween(1L, (long) SMALL);
            proxy.set(new FaultProxy.Fault.Delay(200));
            long start = System.nanoTime();
            warm(fresh, List.of(MAIN), new WarmLimits(1 << 30, Duration.ofMillis(300), 64), new ConcurrentHashMap<>());
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
        }
    }

    @Test
    void aRecordWithoutTheRequiredSignatureIsNotFollowed() throws Exception {
        RemoteUrl bucket = recorded();
        SigningKey key = SigningKey.parse(SigningKey.generate());
        try (Machine careful = new Machine(
                directory.resolve("careful"),
                bucket,
                settings -> settings.withKeys(Optional.empty(), List.of(key.trusted())))) {
            WarmProgress done = warm(careful, List.of(MAIN), WarmLimits.DEFAULT, new ConcurrentHashMap<>());
            assertThat(done).isEqualTo(new WarmProgress(0, 0, 0, 0, 0));
        }
    }

    @Test
    void aSignedRecordTakesOverNothingThatIsNotSigned() throws Exception {
        RemoteUrl bucket = recorded();
        SigningKey key = SigningKey.parse(SigningKey.generate());
        try (Machine signer = new Machine(
                directory.resolve("signer"), bucket, settings -> settings.withKeys(Optional.of(key), List.of()))) {
            signer.produce("context", "artifact", SampleArtifacts.utf8("object"));
            assertThat(signer.drain().done()).isEqualTo(1);
            SessionRecord.Use use =
                    new SessionRecord.Use(SampleArtifacts.key("context"), SampleArtifacts.key("artifact"));
            assertThat(signer.record(MAIN, List.of(use))).isEmpty();
        }
        try (Machine careful = new Machine(
                directory.resolve("careful"),
                bucket,
                settings -> settings.withKeys(Optional.empty(), List.of(key.trusted())))) {
            WarmProgress done = warm(careful, List.of(MAIN), WarmLimits.DEFAULT, new ConcurrentHashMap<>());
            assertThat(done.wanted()).isEqualTo(1);
            assertThat(done.fetched()).isEqualTo(1);
        }
    }

    @Test
    void everySingleBitOfARecordAndOfAPackCounts() throws Exception {
        SigningKey key = SigningKey.parse(SigningKey.generateSecret());
        SessionRecord.Use use = new SessionRecord.Use(SampleArtifacts.key("context"), SampleArtifacts.key("artifact"));
        byte[] record = new SessionRecord(
                        MAIN.key(), 1, List.of(new SessionRecord.Kept(use, Optional.of(SampleArtifacts.key("pack")))))
                .encode("default/main", Optional.of(key));
        Trust trust = new Trust(List.of(key.trusted()));
        SessionRecord read = SessionRecord.decode(MAIN.key(), "default/main", trust, record);
        assertThat(read.packs()).containsExactly(SampleArtifacts.key("pack"));
        assertThat(read.kept().getFirst().use()).isEqualTo(use);
        assertThatExceptionOfType(UntrustedObject.class)
                .isThrownBy(() -> SessionRecord.decode(MAIN.key(), "default/other", trust, record));
        for (int bit = 0; bit < record.length * 8; bit++) {
            byte[] altered = record.clone();
            altered[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatExceptionOfType(DamagedObject.class)
                    .isThrownBy(() -> SessionRecord.decode(MAIN.key(), "default/main", trust, altered));
        }
        Pack.Item small = new Pack.Item(use, SampleArtifacts.utf8("entry"), new byte[] {1, 2, 3});
        byte[] pack = new Pack(List.of(small, new Pack.Item(use, new byte[0], new byte[0]))).encode();
        List<Pack.Item> items =
                Pack.decode(dev.cairn.cache.Hasher.content(pack), pack).items();
        assertThat(items).hasSize(2).allMatch(item -> item.use().equals(use));
        assertThat(items.getFirst().entry()).isEqualTo(small.entry());
        assertThat(items.getFirst().bundle()).isEqualTo(small.bundle());
        assertThatExceptionOfType(DamagedObject.class).isThrownBy(() -> Pack.decode(SampleArtifacts.key("x"), pack));
        byte[] longer = java.util.Arrays.copyOf(pack, pack.length + 3);
        assertThatExceptionOfType(DamagedObject.class)
                .isThrownBy(() -> Pack.decode(dev.cairn.cache.Hasher.content(longer), longer));
    }

    @Test
    void aRecordNeverOutgrowsItsReaders() throws Exception {
        List<SessionRecord.Use> uses = new ArrayList<>();
        for (int i = 0; i <= SessionRecord.MOST_USES; i++) {
            uses.add(new SessionRecord.Use(SampleArtifacts.key("c" + i), SampleArtifacts.key("a" + i)));
        }
        byte[] record = SessionRecord.none(MAIN.key())
                .after(uses)
                .packed(one -> Optional.of(one.use().artifact()))
                .encode("default/main", Optional.empty());
        assertThat(SessionRecord.decode(MAIN.key(), "default/main", Trust.ANYONE, record)
                        .kept())
                .hasSize(SessionRecord.MOST_USES);
    }

    private RemoteUrl recorded() throws Exception {
        RemoteUrl bucket = S3Server.newBucket();
        try (Machine builder = Machine.at(directory.resolve("builder"), bucket)) {
            List<SessionRecord.Use> uses = new ArrayList<>();
            Map<SessionRecord.Use, byte[]> entries = new ConcurrentHashMap<>();
            builder.entries = use -> Optional.ofNullable(entries.get(use));
            for (int i = 0; i < SMALL + LARGE; i++) {
                String artifact = "artifact" + i;
                builder.produce("context" + i, artifact, output(i));
                SessionRecord.Use use =
                        new SessionRecord.Use(SampleArtifacts.key("context" + i), SampleArtifacts.key(artifact));
                uses.add(use);
                entries.put(use, SampleArtifacts.utf8("entry of " + artifact));
            }
            assertThat(builder.drain().done()).isEqualTo(SMALL + LARGE);
            assertThat(builder.record(MAIN, uses)).isEmpty();
        }
        return bucket;
    }

    private static byte[] output(int number) {
        return SampleArtifacts.random(number, number < SMALL ? 10_000 : 600_000);
    }

    private RemoteUrl throughProxy(RemoteUrl bucket) {
        return S3Server.bucket(bucket.place(), proxy.port(), Map.of());
    }

    private static WarmProgress warm(
            Machine machine, List<SessionName> sessions, WarmLimits limits, Map<String, byte[]> arrived) {
        return machine.tier.warm(
                sessions,
                limits,
                use -> true,
                (use, entry, artifact) -> {
                    try {
                        byte[] output =
                                Files.readAllBytes(artifact.outputs().getLast().file());
                        arrived.put(new String(entry, StandardCharsets.UTF_8), output);
                        return true;
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                },
                progress -> {});
    }
}
