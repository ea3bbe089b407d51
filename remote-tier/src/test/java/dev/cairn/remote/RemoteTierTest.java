package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two machines and one store, for every kind of store, with real servers. */
class RemoteTierTest {
    /** Kinds of stores. */
    enum Kind {
        DIRECTORY,
        S3,
        /** Without conditional puts. */
        LIMITED_S3,
        GCS,
        HTTP
    }

    @TempDir
    Path directory;

    private final FaultProxy limited = FaultProxy.before(NginxServer.PORT);

    @AfterEach
    void stop() throws IOException {
        limited.close();
    }

    @ParameterizedTest
    @EnumSource
    void whatOneMachineUploadsAnotherHas(Kind kind) throws Exception {
        RemoteUrl url = newStore(kind);
        byte[] small = SampleArtifacts.utf8("small object");
        byte[] large = SampleArtifacts.random(1, 3_000_000);
        try (Machine a = Machine.at(directory.resolve("a"), url)) {
            a.produce("context", "small", small);
            a.produce("context", "large", large);
            a.produce("other", "small", small);
            UploadProgress done = a.drain();
            assertThat(done).isEqualTo(new UploadProgress(0, 3, 0, 0));
            assertThat(a.tier.status().capabilities()).isPresent();
        }
        try (Machine b = Machine.at(directory.resolve("b"), url)) {
            assertThat(entries(b, "context")).containsExactlyInAnyOrder("entry of small", "entry of large");
            assertThat(entries(b, "other")).containsExactly("entry of small");
            assertThat(found(b.artifact("small"))).isEqualTo(small);
            assertThat(found(b.artifact("large"))).isEqualTo(large);
            assertThat(b.manifest("nothing")).isInstanceOf(RemoteAnswer.Absent.class);
            assertThat(b.artifact("nothing")).isInstanceOf(RemoteAnswer.Absent.class);
            assertThat(b.counters().found()).isEqualTo(4);
            assertThat(b.counters().absent() + b.counters().filtered()).isEqualTo(2);
            assertThat(b.counters().errors()).isZero();
            assertThat(b.tier.status().state()).isEqualTo(RemoteStatus.State.OK);
            assertThat(directory.resolve("b/temporary")).isEmptyDirectory();
            assertThat(b.tier.check(Duration.ofSeconds(10))).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void manyMachinesAddToOneManifestAndNothingIsLost(Kind kind) throws Exception {
        RemoteUrl url = newStore(kind);
        int machines = 3;
        int entries = 4;
        ObjectStoreContract.atOnce(machines, number -> {
            try (Machine machine = Machine.at(directory.resolve("machine" + number), url)) {
                for (int i = 0; i < entries; i++) {
                    machine.produce("context", "artifact" + number + "-" + i, SampleArtifacts.utf8("x"));
                }
                machine.drain();
                return machine;
            } catch (Exception e) {
                throw new IOException(e);
            }
        });
        try (Machine last = Machine.at(directory.resolve("last"), url)) {
            // Without conditional puts, what was overwritten comes back with the next entry.
            last.produce("context", "last", SampleArtifacts.utf8("x"));
            last.drain();
            assertThat(entries(last, "context")).hasSize(machines * entries + 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasAbsentIsSeenOnceItIsUploaded(Kind kind) throws Exception {
        try (Machine a = Machine.at(directory.resolve("a"), newStore(kind))) {
            assertThat(a.manifest("context")).isInstanceOf(RemoteAnswer.Absent.class);
            a.produce("context", "artifact", SampleArtifacts.utf8("x"));
            a.drain();
            assertThat(entries(a, "context")).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DIRECTORY", "S3"})
    void whatAPullRequestWroteIsNeverServedToTheMainScope(Kind kind) throws Exception {
        RemoteUrl url = newStore(kind);
        share(url, "pull", settings -> settings.withScopes("pr-1", List.of("pr-1", "main")), "poisoned");
        share(url, "main", settings -> settings, "good");
        try (Machine main = Machine.at(directory.resolve("main2"), url)) {
            assertThat(entries(main, "context")).containsExactly("entry of good");
            assertThat(main.artifact("poisoned")).isInstanceOf(RemoteAnswer.Absent.class);
        }
        try (Machine pull = machine("pull2", url, settings -> settings.withScopes("pr-1", List.of("pr-1", "main")))) {
            assertThat(entries(pull, "context")).containsExactlyInAnyOrder("entry of good", "entry of poisoned");
            assertThat(found(pull.artifact("poisoned"))).isNotEmpty();
            assertThat(found(pull.artifact("good"))).isNotEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DIRECTORY", "S3"})
    void whereSignaturesAreRequiredNothingElseIsServed(Kind kind) throws Exception {
        RemoteUrl url = newStore(kind);
        SigningKey ours = SigningKey.parse(SigningKey.generate());
        SigningKey theirs = SigningKey.parse(SigningKey.generate());
        share(url, "unsigned", settings -> settings, "unsigned");
        share(url, "theirs", settings -> settings.withKeys(Optional.of(theirs), List.of()), "forged");
        share(url, "ours", settings -> settings.withKeys(Optional.of(ours), List.of()), "ours");
        try (Machine reader =
                machine("reader", url, settings -> settings.withKeys(Optional.empty(), List.of(ours.trusted())))) {
            assertThat(entries(reader, "context")).containsExactly("entry of ours");
            assertThat(found(reader.artifact("ours"))).isNotEmpty();
            assertThat(reader.artifact("forged")).isEqualTo(new RemoteAnswer.Unavailable<>("remote-damaged"));
            assertThat(reader.artifact("unsigned")).isEqualTo(new RemoteAnswer.Unavailable<>("remote-damaged"));
            assertThat(reader.counters().untrusted()).isEqualTo(4);
            assertThat(reader.tier.status().state()).isEqualTo(RemoteStatus.State.OK);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aReaderNeverWrites(Kind kind) throws Exception {
        RemoteUrl url = newStore(kind);
        try (Machine reader = machine("reader", url, settings -> settings.withMode(RemoteMode.READ_ONLY))) {
            reader.produce("context", "artifact", SampleArtifacts.utf8("x"));
            assertThat(reader.drain()).isEqualTo(new UploadProgress(0, 0, 0, 0));
            assertThat(reader.manifest("context")).isInstanceOf(RemoteAnswer.Absent.class);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "DIRECTORY")
    void aWriterNeverReads(Kind kind) throws Exception {
        RemoteUrl url = newStore(kind);
        share(url, "a", settings -> settings, "good");
        try (Machine writer = machine("writer", url, settings -> settings.withMode(RemoteMode.WRITE_ONLY))) {
            assertThat(writer.manifest("context")).isInstanceOf(RemoteAnswer.Absent.class);
            assertThat(writer.artifact("good")).isInstanceOf(RemoteAnswer.Absent.class);
        }
    }

    private void share(RemoteUrl url, String machine, UnaryOperator<RemoteSettings> settings, String artifact)
            throws Exception {
        try (Machine writer = machine(machine, url, settings)) {
            writer.produce("context", artifact, SampleArtifacts.utf8(artifact));
            writer.drain();
        }
    }

    private Machine machine(String name, RemoteUrl url, UnaryOperator<RemoteSettings> settings) throws Exception {
        return new Machine(directory.resolve(name), url, settings);
    }

    private RemoteUrl newStore(Kind kind) {
        return switch (kind) {
            case DIRECTORY -> RemoteUrl.parse("file://" + directory.resolve("store"));
            case S3 -> S3Server.newBucket();
            case LIMITED_S3 -> {
                limited.target(S3Server.PORT);
                limited.set(new FaultProxy.Fault.NoConditions());
                yield S3Server.bucket(S3Server.newBucket().place(), limited.port(), java.util.Map.of());
            }
            case GCS -> GcsServer.newBucket();
            case HTTP -> NginxServer.newArea();
        };
    }

    private static List<String> entries(Machine machine, String context) {
        return found(machine.manifest(context)).stream()
                .map(entry -> new String(entry.entry(), java.nio.charset.StandardCharsets.UTF_8))
                .toList();
    }

    private static <T> T found(RemoteAnswer<T> answer) {
        if (answer instanceof RemoteAnswer.Found<T> found) {
            return found.value();
        }
        throw new AssertionError("not found: " + answer);
    }
}
