package dev.cairn.wrapper.e2e;

import static dev.cairn.wrapper.e2e.SharingMachine.OTHER_HEADER;
import static dev.cairn.wrapper.e2e.SharingMachine.SOURCES;
import static dev.cairn.wrapper.e2e.SharingMachine.count;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.cache.Artifact;
import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.CacheUnavailable;
import dev.cairn.cache.Digest;
import dev.cairn.cache.FileStates;
import dev.cairn.cache.LocalCache;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.cache.NewArtifact;
import dev.cairn.cache.PinnedArtifact;
import dev.cairn.remote.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code cairn warm}: what an earlier build used is in the local cache before the next machine's build asks for it. */
class WarmIT {
    @RegisterExtension
    final Sandbox box = new Sandbox();

    private SharingMachine machine(String name, UnaryOperator<Command> settings) {
        return new SharingMachine(box, name, settings);
    }

    private RemoteServer directory() throws IOException {
        return RemoteServer.directory(box.root.resolve("server"));
    }

    private SharingMachine builder(RemoteServer server) throws IOException {
        SharingMachine builder = machine("a", server::share);
        builder.build();
        builder.drain();
        return builder;
    }

    @Test
    void whatAWarmUpFetchedIsAHitWithoutTheStore() throws IOException {
        box.expectErrors(); // the store goes away
        SharingMachine b;
        try (RemoteServer server = RemoteServer.s3(box.root.resolve("server"))) {
            builder(server);
            b = machine("b", server::share);
            JsonNode warm = b.warm();
            assertThat(count(warm, "records")).isEqualTo(1);
            assertThat(count(warm, "wanted")).isEqualTo(SOURCES);
            assertThat(count(warm, "fetched")).isEqualTo(SOURCES);
            assertThat(count(warm, "failed")).isZero();
            assertThat(count(b.warm(), "wanted")).as("what is there already").isZero();
        }
        JsonNode stats = b.build();
        assertThat(count(stats, "misses")).isZero();
        assertThat(count(stats, "hits", "remote")).isZero();
        assertThat(count(stats, "remote", "lookups")).isZero();
        assertThat(count(b.build(), "hits", "total")).isEqualTo(2 * SOURCES);
        b.stop();
        assertThat(count(b.build(), "hits", "total")).as("after a restart").isEqualTo(3 * SOURCES);
        b.stop();
    }

    @Test
    void theFirstAnswerOfTheStoreBringsTheOthers() throws IOException {
        RemoteServer server = directory();
        builder(server);
        SharingMachine b = machine("b", command -> server.share(command).env("CAIRN_REMOTE_PREFETCH", "1"));
        assertThat(count(b.build(1), "hits", "remote")).isEqualTo(1);
        await().atMost(Duration.ofMinutes(1)).until(() -> count(box.stats(), "cache", "artifacts") == SOURCES);
        JsonNode stats = b.build();
        assertThat(count(stats, "hits", "total")).isEqualTo(1 + SOURCES);
        assertThat(count(stats, "hits", "remote")).isEqualTo(1);
        b.stop();
    }

    @Test
    void whatDoesNotFitIsCompiled() throws IOException {
        RemoteServer server = directory();
        builder(server);
        SharingMachine b = machine("b", server::share);
        box.write("b/project/inc/h.h", OTHER_HEADER);
        assertThat(count(b.warm(), "fetched")).isEqualTo(SOURCES);
        assertThat(count(b.build(), "misses")).isEqualTo(SOURCES);
        b.stop();
    }

    /** A warm-up reads what has the same name in every checkout. */
    @Test
    void aHeaderElsewhereThatChangesAfterAWarmUpIsSeen() throws IOException {
        RemoteServer server = directory();
        String original = "static inline int half(int x) { return x / 2; }\n";
        Path elsewhere = box.write("sdk/half.h", original);
        String header = "#define BASE 100\n#include \"" + elsewhere + "\"\n";
        SharingMachine a = machine("a", server::share);
        box.write("a/project/inc/h.h", header);
        a.build();
        a.drain();
        SharingMachine b = machine("b", server::share);
        box.write("b/project/inc/h.h", header);
        assertThat(count(b.warm(), "fetched")).isEqualTo(SOURCES);
        box.write("sdk/half.h", "static inline int half(int x) { return x / 5; }\n");
        assertThat(count(b.build(), "misses")).isEqualTo(SOURCES);
        box.write("sdk/half.h", original);
        assertThat(count(b.build(), "hits", "total")).isEqualTo(SOURCES);
        box.write("b/project/inc/assert.h", "#define assert(x) half(x)\n");
        assertThat(count(b.build(), "misses")).isEqualTo(2 * SOURCES);
        b.stop();
    }

    @Test
    void aNewBranchIsWarmedFromTheOneItWillGoInto() throws IOException {
        RemoteServer server = directory();
        builder(server);
        SharingMachine b = machine("b", server::share);
        b.checkOut("feature");
        JsonNode warm = b.warm();
        assertThat(warm.path("branches").toString()).isEqualTo("[\"feature\",\"main\"]");
        assertThat(count(warm, "records")).isEqualTo(1);
        assertThat(count(warm, "fetched")).isEqualTo(SOURCES);
        box.write("b/project/src/f0.c", "int other;\n");
        b.build();
        b.drain();
        SharingMachine c = machine("c", server::share);
        JsonNode both = c.warm("--branch", "feature", "--base", "main");
        assertThat(count(both, "records")).isEqualTo(2);
        assertThat(count(c.warm("--branch", "nobody", "--base", "nothing"), "records"))
                .isZero();
        c.stop();
    }

    @Test
    void aPartOfTheBuildLeavesTheRecordWhole() throws IOException {
        RemoteServer server = directory();
        SharingMachine a = builder(server);
        box.write("a/project/src/f0.c", "int other;\n");
        a.build();
        a.drain();
        SharingMachine b = machine("b", server::share);
        assertThat(count(b.warm(), "wanted")).isEqualTo(SOURCES + 1);
        assertThat(count(b.build(), "hits", "total")).isEqualTo(SOURCES);
        b.stop();
    }

    @Test
    void aBuildThatIsOverLeavesItsRecordByItself() throws IOException {
        RemoteServer server = directory();
        SharingMachine a = machine("a", server::share);
        a.build();
        await().atMost(Duration.ofMinutes(1)).until(() -> {
            try (Stream<Path> files = Files.walk(box.root.resolve("server"))) {
                return files.anyMatch(file -> file.toString().endsWith(".s"));
            }
        });
        SharingMachine b = machine("b", server::share);
        assertThat(count(b.warm(), "fetched")).isEqualTo(SOURCES);
        b.stop();
        a.stop();
    }

    @Test
    void whatWasBelievedWithoutASignatureIsNotWhenOneIsRequired() throws IOException {
        RemoteServer server = directory();
        builder(server);
        SharingMachine b = machine("b", server::share);
        assertThat(count(b.warm(), "fetched")).isEqualTo(SOURCES);
        String trusted = SigningKey.parse(SigningKey.generate()).trusted().text();
        UnaryOperator<Command> strict = command -> server.share(command).env("CAIRN_REMOTE_KEYS", trusted);
        SharingMachine wary = machine("b", strict);
        assertThat(count(wary.build(), "misses")).isEqualTo(SOURCES);
        wary.stop();
        SharingMachine c = machine("c", strict);
        JsonNode warm = c.warm();
        assertThat(count(warm, "records")).isZero();
        c.stop();
    }

    /** The entry leaves out the header, and so would hold wherever the source is the same. */
    @Test
    void aRecordedEntryWhoseKeyDoesNotFollowFromItsInputsIsNotUsed() throws IOException, CacheUnavailable {
        RemoteServer server = directory();
        SharingMachine a = machine("a", server::share);
        a.build();
        Digest context = Forger.context(box, "a/project/build/f0.o");
        a.drain();
        try (Forger forger = new Forger(box, a.cache(), server)) {
            forger.record(
                    context, Forger.withoutHeader(forger.cache.manifest(context).getFirst()));
        }
        SharingMachine b = machine("b", server::share);
        box.write("b/project/inc/h.h", OTHER_HEADER);
        assertThat(count(b.warm("--branch", Forger.BRANCH, "--base", Forger.BRANCH), "fetched"))
                .isEqualTo(1);
        assertThat(count(b.build(), "misses")).isEqualTo(SOURCES);
        b.stop();
    }

    /** The record names a context that nobody has, so that the artifact seems to be lacking; its object is another one's. */
    @Test
    void aRecordDoesNotReplaceWhatWasCompiledHere() throws IOException, CacheUnavailable {
        RemoteServer server = directory();
        SharingMachine a = machine("a", server::share);
        a.build();
        Digest victim = Forger.context(box, "a/project/build/f0.o");
        Digest other = Forger.context(box, "a/project/build/f1.o");
        a.drain();
        try (Forger forger = new Forger(box, box.root.resolve("forged"), server);
                ArtifactCache real = LocalCache.open(a.cache(), 1L << 30, FileStates::signatureOf)) {
            ManifestEntry entry = real.manifest(victim).getFirst();
            Digest nobody = Digest.parse("0".repeat(63) + "1");
            try (PinnedArtifact wrong =
                    real.pin(other, real.manifest(other).getFirst().artifact()).orElseThrow()) {
                forger.cache.store(nobody, entry, copy(wrong));
            }
            forger.record(nobody, entry);
        }
        SharingMachine again = machine("a", server::share);
        assertThat(count(again.warm("--branch", Forger.BRANCH, "--base", Forger.BRANCH), "fetched"))
                .isEqualTo(1);
        again.build(1); // fails when the object is not the compiler's
        again.stop();
    }

    private NewArtifact copy(PinnedArtifact pinned) throws IOException {
        List<NewArtifact.NewOutput> outputs = new ArrayList<>();
        for (Artifact.Output output : pinned.artifact().outputs()) {
            byte[] bytes = switch (output.payload()) {
                case Artifact.Payload.Inline(byte[] inline) -> inline;
                case Artifact.Payload.Blob(String path) -> Files.readAllBytes(Path.of(path));
            };
            outputs.add(new NewArtifact.NewOutput.Text(output.role(), bytes));
        }
        return new NewArtifact(
                outputs, pinned.artifact().stdout(), pinned.artifact().stderr());
    }

    @Test
    void aBranchMayHaveAnyName() throws IOException {
        RemoteServer server = directory();
        SharingMachine a = machine("a", server::share);
        a.checkOut("größe");
        a.build();
        a.drain();
        SharingMachine b = machine("b", command -> server.share(command).env("LC_ALL", "C.UTF-8"));
        JsonNode warm = b.warm("--branch", "größe", "--base", "größe");
        assertThat(warm.path("branches").toString()).isEqualTo("[\"größe\"]");
        assertThat(count(warm, "fetched")).isEqualTo(SOURCES);
        b.checkOut("größe");
        assertThat(b.warm().path("branches").toString()).isEqualTo("[\"größe\",\"main\"]");
        b.stop();
    }

    @Test
    void whoCanOnlyReadMayWarmUp() throws IOException {
        box.expectErrors(); // that nothing can be written
        try (RemoteServer server = RemoteServer.http(box.root.resolve("server"))) {
            SharingMachine reader = machine("b", server.readOnly()::share);
            reader.build(1);
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> reader.cairn("status").run().outText(), text -> text.contains("uploads fail"));
            Result warm = reader.cairn("warm", "--base", "main").run().succeeded();
            assertThat(warm.outText()).contains("left a record yet; nothing to fetch");
            reader.stop();
        }
    }

    @Test
    void eachWarmUpIsItsOwnAndTheSameOneIsJoined() throws IOException {
        box.expectErrors(); // nothing comes back from the store
        try (RemoteServer server = RemoteServer.s3(box.root.resolve("server"));
                Gate gate = new Gate(server.port())) {
            SharingMachine b = machine("b", server.behind(gate.port())::share);
            box.useCache(b.cache());
            box.start();
            gate.set(Gate.Way.HANGING);
            JsonNode one = ask(b, "one");
            JsonNode two = ask(b, "two");
            assertThat(ask(b, "one")).as("the same").isEqualTo(one);
            assertThat(count(two, "id")).isNotEqualTo(count(one, "id"));
            assertThat(two.path("branches").toString()).isEqualTo("[\"two\"]");
            JsonNode nobody = DaemonSocket.ask(box.socket(), "{\"command\":\"warming\",\"id\":99}");
            assertThat(nobody.path("error").asString("")).isEqualTo("no such warm-up: 99");
            b.stop();
        }
    }

    private JsonNode ask(SharingMachine machine, String branch) throws IOException {
        Map<String, String> environment = machine.cairn().environment();
        String question = JsonMapper.shared()
                .writeValueAsString(Map.of(
                        "command",
                        "warm",
                        "directory",
                        box.work.toString(),
                        "environment",
                        environment,
                        "branch",
                        branch,
                        "base",
                        branch));
        ObjectNode reply = (ObjectNode) DaemonSocket.ask(box.socket(), question);
        assertThat(reply.path("running").asBoolean(false)).isTrue();
        reply.remove("millis");
        return reply;
    }

    @Test
    void aRecordThatCannotBeLeftInTimeIsSaidInOneLine() throws IOException {
        RemoteServer server = directory();
        // What was uploaded is paid for in minutes, which the record has to wait for.
        SharingMachine a = machine("a", command -> server.share(command).env("CAIRN_REMOTE_UPLOAD_LIMIT", "10B"));
        a.build(1);
        await().atMost(Duration.ofMinutes(1)).until(() -> count(box.stats(), "uploads", "done") == 1);
        Result stop = a.cairn("stop", "--drain", "--timeout", "1").run();
        assertThat(stop.exit()).isEqualTo(1);
        assertThat(stop.errText())
                .isEqualTo("cairn: the records of 1 builds are not left after 1 s; the next build leaves one\n");
    }

    @Test
    void aRecordThatTheStoreRefusesIsToldAndHoldsNobodyUp() throws IOException {
        box.expectErrors(); // the store refuses
        try (RemoteServer server = RemoteServer.s3(box.root.resolve("server"));
                Gate gate = new Gate(server.port())) {
            SharingMachine a = machine("a", server.behind(gate.port())::share);
            a.build();
            await().atMost(Duration.ofMinutes(1)).until(() -> count(box.stats(), "uploads", "done") == SOURCES);
            gate.set(Gate.Way.DENYING);
            Result stop = a.cairn("stop", "--drain", "--timeout", "60").run().succeeded();
            assertThat(stop.outText()).startsWith(SOURCES + " uploads done\n");
            assertThat(stop.errText()).matches("cairn: no record was left of 1 builds, .*\n");
        }
    }

    @Test
    void whatIsWrongIsSaidInOneLine() throws IOException {
        RemoteServer server = directory();
        SharingMachine b = machine("b", server::share);
        Command warm = b.cairn("warm");
        Result nothing = warm.in(box.work.resolve("b/project")).run().succeeded();
        assertThat(nothing.outText()).isEqualTo("no build of main has left a record yet; nothing to fetch\n");
        Result size = warm.with("--max-size", "much").run();
        assertThat(size.exit()).isEqualTo(2);
        assertThat(size.errText()).startsWith("cairn: --max-size: much is not a size such as 5G");
        Result local = machine("c", command -> command).cairn("warm").run();
        assertThat(local.exit()).isEqualTo(1);
        assertThat(local.errText()).contains("no remote is set");
        machine("c", command -> command).stop();
        b.stop();
    }
}
