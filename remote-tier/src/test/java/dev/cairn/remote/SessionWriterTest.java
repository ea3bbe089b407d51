package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.cache.Digest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionWriterTest {
    private static final SessionName MAIN = new SessionName("repository", "main", "default");
    private static final String PACK = ".p";
    private static final String RECORD = ".s";

    @TempDir
    Path directory;

    private RemoteUrl shared() {
        return RemoteUrl.parse("file://" + directory.resolve("store"));
    }

    private Machine machine(String name) throws Exception {
        return Machine.at(directory.resolve(name), shared());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void writersOfOneRecordTakeNothingFromEachOther(boolean conditional) throws Exception {
        RemoteUrl url = conditional ? shared() : NginxServer.newArea();
        List<Callable<Optional<String>>> writers = new ArrayList<>();
        int count = conditional ? 12 : 6;
        try (Machine a = Machine.at(directory.resolve("a"), url);
                Machine b = conditional ? Machine.at(directory.resolve("b"), url) : a) {
            for (int i = 0; i < count; i++) {
                Machine machine = i % 2 == 0 ? a : b;
                SessionRecord.Use use = made(machine, "artifact" + i);
                writers.add(() -> machine.record(MAIN, List.of(use)));
            }
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (Future<Optional<String>> written : threads.invokeAll(writers)) {
                    assertThat(written.get()).isEmpty();
                }
            }
            assertThat(record(url).kept()).hasSize(count);
        }
    }

    @Test
    void aBuildOfLongEntriesIsPackedOnceAndAllOfIt() throws Exception {
        try (Machine machine = machine("a")) {
            List<SessionRecord.Use> uses = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                uses.add(made(machine, "artifact" + i));
            }
            machine.entries = use -> Optional.of(Arrays.copyOf(use.artifact().toBytes(), 1 << 20));
            assertThat(machine.record(MAIN, uses)).isEmpty();
            assertThat(record(shared()).kept()).hasSize(12);
            assertThat(record(shared()).packs()).hasSize(6);
            assertThat(packed()).isEqualTo(12);
            List<String> objects = objects("");
            Collections.reverse(uses);
            assertThat(machine.record(MAIN, uses)).isEmpty();
            assertThat(objects("")).isEqualTo(objects);
        }
    }

    @Test
    void whatWasNotUsedForManyBuildsDropsOutAndItsPacksToo() throws Exception {
        int size = 200;
        try (Machine machine = machine("a")) {
            assertThat(machine.record(MAIN, List.of(made(machine, "once")))).isEmpty();
            for (int build = 0; build <= SessionRecord.BUILDS; build++) {
                List<SessionRecord.Use> uses = new ArrayList<>(List.of(made(machine, "always")));
                for (int i = 0; i < size; i++) {
                    uses.add(nowhere(build + " " + i));
                }
                assertThat(machine.record(MAIN, uses)).isEmpty();
                assertThat(artifacts(record(shared())))
                        .contains(SampleArtifacts.key("always"))
                        .hasSizeLessThanOrEqualTo(SessionRecord.BUILDS * (size + 1));
            }
            SessionRecord record = record(shared());
            assertThat(artifacts(record)).doesNotContain(SampleArtifacts.key("once"));
            assertThat(record.packs()).hasSize(1);
        }
    }

    @Test
    void aPackThatIsGoneIsMadeAnewWhereItsContentIs() throws Exception {
        try (Machine a = machine("a");
                Machine b = machine("b")) {
            SessionRecord.Use use = made(a, "artifact");
            assertThat(a.record(MAIN, List.of(use))).isEmpty();
            List<String> packs = objects(PACK);
            assertThat(packs).hasSize(1);
            Files.delete(directory.resolve("store").resolve(packs.getFirst()));
            assertThat(b.record(MAIN, List.of(use))).isEmpty();
            assertThat(record(shared()).packs()).as("a lost pack is not named").isEmpty();
            assertThat(artifacts(record(shared()))).containsExactly(SampleArtifacts.key("artifact"));
        }
        try (Machine a = machine("a")) {
            SessionRecord.Use made = made(a, "second");
            assertThat(a.record(MAIN, List.of(made))).isEmpty();
            Files.delete(directory.resolve("store").resolve(objects(PACK).getFirst()));
            assertThat(a.record(MAIN, List.of(made))).isEmpty();
            assertThat(objects(PACK)).hasSize(1);
            assertThat(record(shared()).packs()).hasSize(1);
        }
    }

    @Test
    void manySmallPacksBecomeOneAndWhatIsElsewhereStaysPacked() throws Exception {
        try (Machine other = machine("other")) {
            assertThat(other.record(MAIN, List.of(made(other, "elsewhere")))).isEmpty();
        }
        try (Machine machine = machine("a")) {
            for (int i = 0; i <= SessionWriter.MANY_PACKS; i++) {
                assertThat(machine.record(MAIN, List.of(made(machine, "artifact" + i))))
                        .isEmpty();
            }
            SessionRecord record = record(shared());
            assertThat(record.packs().size()).isBetween(2, 5);
            assertThat(record.kept())
                    .hasSize(SessionWriter.MANY_PACKS + 2)
                    .allMatch(one -> one.pack().isPresent());
        }
    }

    @Test
    void recordsKeepToTheLimitOfUploads() throws Exception {
        RemoteTuning slow = Machine.QUICK.withBytesPerSecond(1);
        try (Machine machine = new Machine(directory.resolve("a"), shared(), settings -> settings.withTuning(slow))) {
            machine.produce("context", "uploaded", SampleArtifacts.random(1, 10_000));
            assertThat(machine.drain().queued()).isZero();
            SessionRecord.Use use =
                    new SessionRecord.Use(SampleArtifacts.key("context"), SampleArtifacts.key("uploaded"));
            FutureTask<Optional<String>> written = new FutureTask<>(() -> machine.record(MAIN, List.of(use)));
            Thread thread = Thread.ofPlatform().start(written);
            await().atMost(Duration.ofSeconds(30)).until(() -> written.isDone() || waits(thread));
            thread.interrupt();
            assertThat(written.get()).contains("interrupted");
            assertThat(objects(PACK)).isEmpty();
            assertThat(objects(RECORD)).isEmpty();
        }
    }

    private static boolean waits(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(Bandwidth.class.getName()));
    }

    /** A use whose artifact is in the machine's cache. */
    private static SessionRecord.Use made(Machine machine, String name) {
        machine.produce("context of " + name, name, SampleArtifacts.utf8("object of " + name));
        return nowhere(name);
    }

    private static SessionRecord.Use nowhere(String name) {
        return new SessionRecord.Use(SampleArtifacts.key("context of " + name), SampleArtifacts.key(name));
    }

    private static List<Digest> artifacts(SessionRecord record) {
        return record.kept().stream().map(one -> one.use().artifact()).toList();
    }

    private SessionRecord record(RemoteUrl url) throws Exception {
        try (ObjectStore store = open(url)) {
            String key = new Layout("default", "main").session(MAIN.key());
            try (StoredObject object = store.get(key).orElseThrow()) {
                return SessionRecord.decode(
                        MAIN.key(),
                        "default/main",
                        Trust.ANYONE,
                        object.content().readAllBytes());
            }
        }
    }

    private int packed() throws Exception {
        int count = 0;
        try (ObjectStore store = open(shared())) {
            for (String pack : objects(PACK)) {
                try (StoredObject object = store.get(pack).orElseThrow()) {
                    byte[] bytes = object.content().readAllBytes();
                    count += Pack.decode(dev.cairn.cache.Hasher.content(bytes), bytes)
                            .items()
                            .size();
                }
            }
        }
        return count;
    }

    private List<String> objects(String suffix) throws Exception {
        List<String> keys = new ArrayList<>();
        try (ObjectStore store = open(shared())) {
            store.list("default/", (key, size) -> {
                if (key.endsWith(suffix) && (!suffix.isEmpty() || key.endsWith(PACK) || key.endsWith(RECORD))) {
                    keys.add(key);
                }
                return true;
            });
        }
        Collections.sort(keys);
        return keys;
    }

    private static ObjectStore open(RemoteUrl url) throws Exception {
        return ObjectStores.open(url, HttpCredentials.NONE, ProviderVariables.NONE, RequestLimits.DEFAULT);
    }
}
