package dev.cairn.wrapper.e2e;

import static dev.cairn.wrapper.e2e.SharingMachine.OTHER_HEADER;
import static dev.cairn.wrapper.e2e.SharingMachine.count;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.cache.CacheUnavailable;
import dev.cairn.cache.Digest;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.cache.SharedEntry;
import dev.cairn.remote.FaultProxy;
import dev.cairn.remote.SigningKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Machines that share a store: each has a cache directory, a daemon and a checkout of its own. Whatever the store does, a
 * build makes what the compiler makes.
 */
class RemoteIT {
    private static final int SOURCES = SharingMachine.SOURCES;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    final Sandbox box = new Sandbox();

    private SharingMachine machine(String name, UnaryOperator<Command> settings) {
        return new SharingMachine(box, name, settings);
    }

    private RemoteServer server(String kind) throws IOException {
        Path directory = box.root.resolve("server");
        return switch (kind) {
            case "s3" -> RemoteServer.s3(directory);
            case "s3 by host" -> RemoteServer.s3ByHost(directory);
            case "gcs" -> RemoteServer.gcs(directory);
            case "http" -> RemoteServer.http(directory);
            default -> RemoteServer.directory(directory);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"directory", "s3", "s3 by host", "http", "gcs"})
    void whatOneMachineCompiledIsAHitOnAnother(String kind) throws IOException {
        if (kind.equals("s3 by host")) {
            knowTheBucketsHost();
        }
        try (RemoteServer server = server(kind)) {
            SharingMachine a = machine("a", server::share);
            JsonNode cold = a.build();
            assertThat(count(cold, "misses")).isEqualTo(SOURCES);
            assertThat(count(cold, "remote", "absent")).isEqualTo(SOURCES);
            assertThat(count(cold, "remote", "errors")).isZero();
            a.drain();

            SharingMachine b = machine("b", server::share);
            JsonNode shared = b.build();
            assertThat(count(shared, "hits", "remote")).isEqualTo(SOURCES);
            assertThat(count(shared, "misses")).isZero();
            assertThat(count(shared, "remote", "hits")).isEqualTo(SOURCES);
            assertThat(count(b.build(), "hits", "total")).isEqualTo(2 * SOURCES);
            b.stop();
        }
    }

    /** No name server knows it: a daemon that is told what the name stands for. */
    private void knowTheBucketsHost() throws IOException {
        Path hosts = Files.writeString(box.root.resolve("hosts"), "127.0.0.1 localhost bucket.localhost\n");
        box.useLauncher(Distribution.copyTo(box.root.resolve("distribution"))
                .withJavaOption("-Djdk.net.hosts.file=" + hosts)
                .launcher());
    }

    @Test
    void aMachineThatOnlyReadsWritesNothing() throws IOException {
        RemoteServer server = server("directory");
        SharingMachine a = machine("a", command -> server.share(command).env("CAIRN_REMOTE_MODE", "read-only"));
        assertThat(count(a.build(), "misses")).isEqualTo(SOURCES);
        a.drain();
        assertThat(objects()).isEmpty();
    }

    @Test
    void uploadsSurviveTheDaemonsDeath() throws IOException {
        box.expectErrors(); // what the store says is logged
        try (RemoteServer server = server("s3");
                Gate gate = new Gate(server.port())) {
            gate.set(Gate.Way.DOWN);
            RemoteServer shaky = server.behind(gate.port());
            SharingMachine a = machine("a", shaky::share);
            assertThat(count(a.build(), "uploads", "queued")).isEqualTo(SOURCES);
            box.killDaemon();

            gate.set(Gate.Way.OPEN);
            SharingMachine again = machine("a", shaky::share);
            again.build();
            awaitHits();
            again.drain();
            SharingMachine b = machine("b", server::share);
            assertThat(count(b.build(), "hits", "remote")).isEqualTo(SOURCES);
            b.stop();
        }
    }

    /** As when the last thing that happens to a CI job's daemon is that the machine runs out of memory. */
    @Test
    void whatAKilledDaemonLeftIsUploadedAtTheEndOfTheJob() throws IOException {
        box.expectErrors(); // what the store says is logged
        try (RemoteServer server = server("s3");
                Gate gate = new Gate(server.port())) {
            gate.set(Gate.Way.DOWN);
            SharingMachine a = machine("a", server.behind(gate.port())::share);
            a.build();
            box.killDaemon();
            gate.set(Gate.Way.OPEN);
            a.drain();
            assertThat(box.daemons()).isEmpty();
            SharingMachine b = machine("b", server::share);
            assertThat(count(b.build(), "hits", "remote")).isEqualTo(SOURCES);
            b.stop();
        }
    }

    /** A machine that only writes asks its store for the first time when it has stored something, and waits for the answer. */
    @Test
    void aKillRightAfterStoringLosesNoUpload() throws IOException {
        box.expectErrors(); // what the store says is logged
        try (RemoteServer server = server("s3");
                Gate gate = new Gate(server.port())) {
            gate.set(Gate.Way.HANGING);
            RemoteServer shaky = server.behind(gate.port());
            SharingMachine a = machine("a", command -> shaky.share(command).env("CAIRN_REMOTE_MODE", "write-only"));
            a.compile(1);
            Path database = a.cache().resolve("store-1/db");
            await().atMost(PATIENCE).until(() -> isNamedIn(database, "inc/h.h"));
            box.killDaemon();

            gate.set(Gate.Way.OPEN);
            SharingMachine again = machine("a", shaky::share);
            again.build();
            again.drain();
            SharingMachine b = machine("b", server::share);
            assertThat(count(b.build(), "hits", "remote")).isEqualTo(SOURCES);
            b.stop();
        }
    }

    /** Whether the write-ahead log has a text. */
    private static boolean isNamedIn(Path database, String text) throws IOException {
        try (Stream<Path> files = Files.list(database)) {
            for (Path log :
                    files.filter(file -> file.toString().endsWith(".log")).toList()) {
                if (Files.readString(log, StandardCharsets.ISO_8859_1).contains(text)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Counters outlive the daemon, so their sum does not tell whether those of its successor are complete. */
    private void awaitHits() {
        await().atMost(PATIENCE).until(box::stats, now -> count(now, "hits", "total") >= SOURCES);
    }

    @Test
    void alteredObjectsAreNotUsed() throws IOException {
        RemoteServer server = server("directory");
        SharingMachine a = machine("a", server::share);
        a.build();
        a.drain();
        for (Path object : objects()) {
            byte[] bytes = Files.readAllBytes(object);
            bytes[bytes.length / 2] ^= 4;
            Files.write(object, bytes);
        }
        SharingMachine b = machine("b", server::share);
        JsonNode stats = b.build();
        assertThat(count(stats, "hits", "remote")).isZero();
        assertThat(count(stats, "misses")).isEqualTo(SOURCES);
        assertThat(count(stats, "remote", "errors")).isPositive();
        b.stop();
    }

    @Test
    void onlyWhatATrustedKeySignedIsUsed() throws IOException {
        RemoteServer server = server("directory");
        String key = SigningKey.generate();
        Path file = Files.writeString(box.root.resolve("signing.key"), key + "\n");
        String trusted = SigningKey.parse(key).trusted().text();
        SharingMachine forger = machine("forger", server::share);
        forger.build();
        forger.drain();

        UnaryOperator<Command> strict = command -> server.share(command).env("CAIRN_REMOTE_KEYS", trusted);
        SharingMachine reader =
                machine("reader", command -> strict.apply(command).env("CAIRN_REMOTE_MODE", "read-only"));
        JsonNode wary = reader.build();
        assertThat(count(wary, "hits", "remote")).isZero();
        assertThat(count(wary, "misses")).isEqualTo(SOURCES);
        reader.stop();

        RemoteServer.directory(box.root.resolve("other"));
        UnaryOperator<Command> elsewhere =
                command -> strict.apply(command).env("CAIRN_REMOTE", "file://" + box.root.resolve("other"));
        SharingMachine signer = machine(
                "signer", command -> elsewhere.apply(command).env("CAIRN_REMOTE_SIGNING_KEY_FILE", file.toString()));
        signer.build();
        signer.drain();
        SharingMachine glad = machine("glad", elsewhere);
        assertThat(count(glad.build(), "hits", "remote")).isEqualTo(SOURCES);
        glad.stop();
    }

    @Test
    void withAKeyFileThatCannotBeReadTheCacheStaysLocal() throws IOException {
        box.expectErrors();
        RemoteServer server = server("directory");
        SharingMachine a = machine("a", server::share);
        a.build();
        a.drain();
        SharingMachine b = machine("b", command -> server.share(command).env("CAIRN_REMOTE_KEYS", "/nowhere/keys"));
        assertThat(count(b.build(), "misses")).isEqualTo(SOURCES);
        assertThat(b.cairn("status").run().succeeded().outText()).contains("/nowhere/keys is not a small regular file");
        b.stop();
    }

    @Test
    void whatAPullRequestWroteIsNotServedToTheMainBranch() throws IOException {
        RemoteServer server = server("directory");
        SharingMachine request = machine("pr", command -> server.share(command).env("CAIRN_REMOTE_SCOPE", "pr-1"));
        request.build();
        request.drain();
        SharingMachine main = machine("main", server::share);
        assertThat(count(main.build(), "hits", "remote")).isZero();
        main.drain();
        SharingMachine next = machine("next", command -> server.share(command).env("CAIRN_REMOTE_SCOPE", "pr-2"));
        assertThat(count(next.build(), "hits", "remote")).isEqualTo(SOURCES);
        next.stop();
    }

    @Test
    void aHeaderThatDiffersIsAMissAndBothVariantsAreShared() throws IOException {
        RemoteServer server = server("directory");
        SharingMachine a = machine("a", server::share);
        a.build();
        a.drain();
        SharingMachine b = machine("b", server::share);
        box.write("b/project/inc/h.h", OTHER_HEADER);
        assertThat(count(b.build(), "misses")).isEqualTo(SOURCES);
        b.drain();
        SharingMachine c = machine("c", server::share);
        assertThat(count(c.build(), "hits", "remote")).isEqualTo(SOURCES);
        box.write("c/project/inc/h.h", OTHER_HEADER);
        assertThat(count(c.build(), "hits", "remote")).isEqualTo(2 * SOURCES);
        c.stop();
    }

    @Test
    void localHitsReachAStoreThatCameLater() throws IOException {
        RemoteServer server = server("directory");
        SharingMachine alone = machine("a", command -> command);
        alone.build();
        alone.stop();
        SharingMachine a = machine("a", command -> server.share(command).env("CAIRN_REMOTE_RESHARE", "1"));
        a.build();
        awaitHits();
        a.drain();
        SharingMachine b = machine("b", server::share);
        assertThat(count(b.build(), "hits", "remote")).isEqualTo(SOURCES);
        b.stop();
    }

    @Test
    void uploadsOfOneStoreDoNotReachAnother() throws IOException {
        box.expectErrors(); // what the store says is logged
        try (RemoteServer s3 = server("s3");
                Gate gate = new Gate(s3.port())) {
            gate.set(Gate.Way.DOWN);
            SharingMachine a = machine("a", s3.behind(gate.port())::share);
            a.build();
            box.killDaemon();
            RemoteServer other = RemoteServer.directory(box.root.resolve("server/other"));
            SharingMachine same = machine("a", other::share);
            same.build();
            same.drain();
            assertThat(objects()).isEmpty();
        }
    }

    @Test
    void secretsOfTheEnvironmentAreShownNowhere() throws IOException {
        box.expectErrors(); // what the store says is logged
        try (RemoteServer server = server("s3");
                Gate gate = new Gate(server.port())) {
            gate.set(Gate.Way.DENYING);
            SharingMachine a = machine(
                    "a",
                    command ->
                            server.behind(gate.port()).share(command).env("AWS_SESSION_TOKEN", "a-token-of-a-session"));
            a.build();
            List<String> shown = new ArrayList<>();
            for (String words : List.of(
                    "status", "status --json", "stats --json", "config", "config --json", "doctor", "explain --last")) {
                Result result = a.cairn(words.split(" ", -1)).run();
                shown.add(result.outText() + result.errText());
            }
            shown.add(Files.readString(a.cache().resolve("run/daemon.log"), StandardCharsets.ISO_8859_1));
            assertThat(shown)
                    .allSatisfy(text -> assertThat(text)
                            .doesNotContain(RemoteServer.SECRET)
                            .doesNotContain("a-token-of-a-session"));
            a.stop();
        }
    }

    /** The entry leaves out the header, and so would hold wherever the source is the same. */
    @Test
    void anEntryWhoseKeyDoesNotFollowFromItsInputsIsNotUsed() throws IOException, CacheUnavailable {
        RemoteServer server = server("directory");
        SharingMachine a = machine("a", server::share);
        a.build();
        Digest context = Forger.context(box, "a/project/build/f0.o");
        a.drain();
        try (Forger forger = new Forger(box, a.cache(), server)) {
            ManifestEntry hostile =
                    Forger.withoutHeader(forger.cache.manifest(context).getFirst());
            forger.tier.offer(context, SharedEntry.encode(hostile), hostile.artifact());
            assertThat(forger.tier.drain(PATIENCE, progress -> {}).done()).isEqualTo(1);
        }
        SharingMachine b = machine("b", server::share);
        box.write("b/project/inc/h.h", OTHER_HEADER);
        assertThat(count(b.build(), "misses")).isEqualTo(SOURCES);
        b.stop();
    }

    @Test
    void aSourceThatNobodyCompiledCostsNoQuestionToTheStore() throws IOException {
        try (RemoteServer server = server("s3");
                FaultProxy proxy = FaultProxy.before(server.port())) {
            SharingMachine a = machine("a", server::share);
            a.build();
            a.drain();
            RemoteServer counted = server.behind(proxy.port());
            SharingMachine b = machine("b", command -> counted.share(command).env("CAIRN_REMOTE_MODE", "read-only"));
            int variants = 0;
            do {
                b.changeSources(++variants);
                b.build();
            } while (filtered(b) == 0); // until the set was fetched, in the background
            long before = filtered(b);
            long asked = manifestsAskedFor(proxy);
            b.changeSources(++variants);
            assertThat(count(b.build(), "misses")).isEqualTo((long) variants * SOURCES);
            assertThat(filtered(b)).isEqualTo(before + SOURCES);
            assertThat(manifestsAskedFor(proxy)).isEqualTo(asked);

            b.changeSources(0);
            assertThat(count(b.build(), "hits", "remote")).isEqualTo(SOURCES);
            assertThat(manifestsAskedFor(proxy)).isEqualTo(asked + SOURCES);
            b.stop();

            a.changeSources(++variants);
            a.build();
            a.drain();
            b.changeSources(variants);
            assertThat(count(b.build(), "hits", "remote")).isEqualTo(2 * SOURCES);
            b.stop();
        }
    }

    private static long filtered(SharingMachine machine) {
        JsonNode status = Sandbox.json(machine.cairn("status", "--json"));
        return count(status.path("remotes").path(0), "counters", "filtered");
    }

    private static long manifestsAskedFor(FaultProxy proxy) {
        return proxy.requests().stream()
                .filter(line -> line.startsWith("GET") && line.contains(".m "))
                .count();
    }

    private List<Path> objects() throws IOException {
        try (Stream<Path> files = Files.walk(box.root.resolve("server"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().matches(".*\\.[am]"))
                    .toList();
        }
    }
}
