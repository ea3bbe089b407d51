package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Machines that share a store, and the set of what is in it. */
class MissFilterTest {
    /** Kinds of stores. */
    enum Kind {
        DIRECTORY,
        S3,
        /** Without conditional puts. */
        LIMITED_S3,
        GCS,
        /** Without listings. */
        HTTP
    }

    private static final Duration LONG = Duration.ofHours(1);

    /** Nothing is announced before somebody waits for it. */
    private static final FilterTuning AT_THE_END =
            new FilterTuning(true, Duration.ofMillis(100), Duration.ofMinutes(2), LONG, LONG);

    @TempDir
    Path directory;

    private final FaultProxy proxy = FaultProxy.before(NginxServer.PORT);

    @AfterEach
    void stop() throws IOException {
        proxy.close();
    }

    private RemoteUrl newStore(Kind kind) {
        return switch (kind) {
            case DIRECTORY -> RemoteUrl.parse("file://" + directory.resolve("store"));
            case S3 -> behind(S3Server.newBucket());
            case LIMITED_S3 -> {
                proxy.set(new FaultProxy.Fault.NoConditions());
                yield behind(S3Server.newBucket());
            }
            case GCS -> GcsServer.newBucket();
            case HTTP -> NginxServer.newArea();
        };
    }

    private RemoteUrl behind(RemoteUrl bucket) {
        proxy.target(S3Server.PORT);
        return S3Server.bucket(bucket.place(), proxy.port(), Map.of());
    }

    private Machine machine(String name, RemoteUrl url, UnaryOperator<RemoteSettings> settings) throws Exception {
        return new Machine(directory.resolve(name), url, settings);
    }

    private static UnaryOperator<RemoteSettings> with(FilterTuning filter) {
        return settings -> settings.withTuning(settings.tuning().withFilter(filter));
    }

    private static void upload(Machine machine, String... contexts) {
        for (String context : contexts) {
            machine.produce(context, "artifact of " + context, SampleArtifacts.utf8(context));
        }
        assertThat(machine.drain().queued()).isZero();
    }

    /** Asks for what is nowhere until that costs no question any more. */
    private static void awaitFilter(Machine machine) {
        long before = machine.counters().filtered();
        await().until(() -> {
            assertThat(machine.manifest("nowhere" + System.nanoTime())).isInstanceOf(RemoteAnswer.Absent.class);
            return machine.counters().filtered() > before;
        });
    }

    private List<String> manifestsAskedFor() {
        return proxy.requests().stream()
                .filter(line -> line.startsWith("GET") && line.contains(".m "))
                .toList();
    }

    @ParameterizedTest
    @EnumSource(names = {"DIRECTORY", "S3", "GCS"})
    void whatTheStoreCertainlyLacksIsNotAskedFor(Kind kind) throws Exception {
        RemoteUrl url = newStore(kind);
        try (Machine a = Machine.at(directory.resolve("a"), url)) {
            upload(a, "one", "two");
        }
        try (Machine b = machine("b", url, settings -> settings.withMode(RemoteMode.READ_ONLY))) {
            awaitFilter(b);
            int asked = manifestsAskedFor().size();
            assertThat(b.manifest("three")).isInstanceOf(RemoteAnswer.Absent.class);
            assertThat(manifestsAskedFor()).hasSize(asked);
            assertThat(b.manifest("one")).isInstanceOf(RemoteAnswer.Found.class);
            assertThat(b.manifest("two")).isInstanceOf(RemoteAnswer.Found.class);
            assertThat(b.counters().errors()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DIRECTORY", "S3", "GCS"})
    void whatAnotherMachineUploadsMeanwhileIsFound(Kind kind) throws Exception {
        RemoteUrl url = newStore(kind);
        try (Machine a = Machine.at(directory.resolve("a"), url);
                Machine b = Machine.at(directory.resolve("b"), url)) {
            upload(a, "one");
            awaitFilter(b);
            assertThat(b.manifest("two")).isInstanceOf(RemoteAnswer.Absent.class);
            upload(a, "two");
            await().until(() -> b.manifest("two") instanceof RemoteAnswer.Found);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DIRECTORY", "S3", "GCS"})
    void manyMachinesMakeOneSetAndNothingIsLost(Kind kind) throws Exception {
        RemoteUrl url = newStore(kind);
        int machines = 3;
        int contexts = 6;
        ObjectStoreContract.atOnce(machines, number -> {
            try (Machine machine = Machine.at(directory.resolve("machine" + number), url)) {
                for (int i = 0; i < contexts; i++) {
                    upload(machine, "context" + number + "-" + i);
                }
                return machine;
            } catch (Exception e) {
                throw new IOException(e);
            }
        });
        try (Machine reader = Machine.at(directory.resolve("reader"), url)) {
            awaitFilter(reader);
            for (int number = 0; number < machines; number++) {
                for (int i = 0; i < contexts; i++) {
                    assertThat(reader.manifest("context" + number + "-" + i)).isInstanceOf(RemoteAnswer.Found.class);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LIMITED_S3", "HTTP"})
    void whereASetCannotBeKeptEverythingIsAskedFor(Kind kind) throws Exception {
        RemoteUrl url = newStore(kind);
        try (Machine a = Machine.at(directory.resolve("a"), url);
                Machine b = Machine.at(directory.resolve("b"), url)) {
            upload(a, "one");
            assertThat(b.manifest("two")).isInstanceOf(RemoteAnswer.Absent.class);
            upload(a, "two");
            await().until(() -> b.manifest("two") instanceof RemoteAnswer.Found);
            assertThat(b.counters().filtered()).isZero();
            Layout layout = new Layout("default", "main");
            try (ObjectStore store = ObjectStores.open(
                    url, HttpCredentials.NONE, ProviderVariables.ofProcess(), RequestLimits.DEFAULT)) {
                assertThat(store.head(layout.manifest(SampleArtifacts.key("two"))))
                        .isPresent();
                assertThat(store.head(layout.contexts())).isEmpty();
            }
        }
    }

    @Test
    void whatThisMachineUploadedIsThereAtOnce() throws Exception {
        RemoteUrl url = newStore(Kind.S3);
        try (Machine other = Machine.at(directory.resolve("other"), url)) {
            upload(other, "one");
        }
        try (Machine machine = machine("machine", url, with(AT_THE_END))) {
            awaitFilter(machine);
            machine.produce("mine", "artifact", SampleArtifacts.utf8("x"));
            await().until(() -> machine.counters().uploads().done() == 1);
            assertThat(machine.manifest("mine")).isInstanceOf(RemoteAnswer.Found.class);
        }
    }

    /** As after a kill: the upload is done and its record gone, and nothing was announced. */
    @Test
    void whatWasUploadedAndNotAnnouncedIsAnnouncedByTheNextProcess() throws Exception {
        RemoteUrl url = newStore(Kind.DIRECTORY);
        try (Machine other = Machine.at(directory.resolve("other"), url)) {
            upload(other, "one");
        }
        try (Machine first = machine("machine", url, with(AT_THE_END))) {
            first.produce("mine", "artifact", SampleArtifacts.utf8("x"));
            await().until(() -> first.counters().uploads().done() == 1);
        }
        try (Machine reader = Machine.at(directory.resolve("reader"), url)) {
            awaitFilter(reader);
            assertThat(reader.manifest("mine")).as("a set that lacks it").isInstanceOf(RemoteAnswer.Absent.class);
            try (Machine next = Machine.at(directory.resolve("machine"), url)) {
                await().until(() -> reader.manifest("mine") instanceof RemoteAnswer.Found);
                assertThat(next.counters().uploads().done()).isZero();
            }
        }
    }

    @Test
    void whatASetLacksIsAddedByWhoeverFindsIt() throws Exception {
        RemoteUrl url = newStore(Kind.DIRECTORY);
        try (Machine lost = machine("lost", url, with(AT_THE_END))) {
            lost.produce("lost", "artifact", SampleArtifacts.utf8("x"));
            await().until(() -> lost.counters().uploads().done() == 1);
        }
        try (Machine finder = machine(
                "finder",
                url,
                settings -> with(Machine.QUICK.filter().withBelieved(false)).apply(settings))) {
            assertThat(finder.manifest("lost")).isInstanceOf(RemoteAnswer.Found.class);
            finder.drain();
        }
        try (Machine reader = Machine.at(directory.resolve("reader"), url)) {
            awaitFilter(reader);
            assertThat(reader.manifest("lost")).isInstanceOf(RemoteAnswer.Found.class);
        }
    }

    @Test
    void whoDoesNotBelieveTheSetKeepsItAllTheSame() throws Exception {
        RemoteUrl url = newStore(Kind.S3);
        try (Machine machine = machine("a", url, with(Machine.QUICK.filter().withBelieved(false)))) {
            upload(machine, "one");
            assertThat(machine.manifest("two")).isInstanceOf(RemoteAnswer.Absent.class);
            assertThat(machine.counters().filtered()).isZero();
        }
        try (Machine reader = Machine.at(directory.resolve("reader"), url)) {
            awaitFilter(reader);
            assertThat(reader.manifest("one")).isInstanceOf(RemoteAnswer.Found.class);
        }
    }

    @Test
    void whoOnlyWritesKeepsTheSetAndFetchesNothingBefore() throws Exception {
        RemoteUrl url = newStore(Kind.S3);
        try (Machine writer = machine("a", url, settings -> settings.withMode(RemoteMode.WRITE_ONLY))) {
            assertThat(writer.manifest("one")).isInstanceOf(RemoteAnswer.Absent.class);
            assertThat(writer.counters().filtered()).isZero();
            assertThat(proxy.requests()).isEmpty();
            upload(writer, "one");
        }
        try (Machine reader = Machine.at(directory.resolve("reader"), url)) {
            awaitFilter(reader);
            assertThat(reader.manifest("one")).isInstanceOf(RemoteAnswer.Found.class);
        }
    }

    @Test
    void eachScopeHasASetOfItsOwn() throws Exception {
        RemoteUrl url = newStore(Kind.S3);
        UnaryOperator<RemoteSettings> pull = settings -> settings.withScopes("pr-1", List.of("pr-1", "main"));
        try (Machine main = Machine.at(directory.resolve("main"), url);
                Machine request = machine("pull", url, pull)) {
            upload(main, "old");
            upload(request, "new");
        }
        try (Machine main = Machine.at(directory.resolve("main2"), url);
                Machine request = machine("pull2", url, pull)) {
            awaitFilter(main);
            assertThat(main.manifest("new")).isInstanceOf(RemoteAnswer.Absent.class);
            awaitFilter(request);
            int asked = manifestsAskedFor().size();
            assertThat(request.manifest("new")).isInstanceOf(RemoteAnswer.Found.class);
            assertThat(request.manifest("old")).isInstanceOf(RemoteAnswer.Found.class);
            assertThat(manifestsAskedFor().subList(asked, asked + 2))
                    .satisfiesExactly(
                            line -> assertThat(line).contains("/v1/pr-1/"),
                            line -> assertThat(line).contains("/v1/main/"));
            assertThat(manifestsAskedFor()).hasSize(asked + 2);
        }
    }
}
