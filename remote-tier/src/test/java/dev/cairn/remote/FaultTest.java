package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.remote.FaultProxy.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a network or a server may do to answers: nobody waits for long, nothing wrong is accepted, an error is not a miss,
 * and afterwards it works again without a restart.
 */
@Isolated("what is waited for is measured")
class FaultTest {
    /** Kinds of stores behind the proxy. */
    enum Kind {
        S3,
        HTTP
    }

    private static final Map<Kind, RemoteUrl> STORES = new ConcurrentHashMap<>();
    private static final byte[] OUTPUT = SampleArtifacts.random(42, 20_000);
    private static final Duration DEADLINE = Duration.ofMillis(600);

    @TempDir
    Path directory;

    private final FaultProxy proxy = FaultProxy.before(NginxServer.PORT);

    @AfterEach
    void stop() throws IOException {
        proxy.close();
    }

    static Stream<Arguments> faults() {
        List<Arguments> all = new java.util.ArrayList<>();
        for (Kind kind : Kind.values()) {
            all.add(Arguments.of(kind, new Fault.Hang(), RemoteStatus.State.OPEN));
            all.add(Arguments.of(kind, new Fault.Trickle(20), RemoteStatus.State.OPEN));
            all.add(Arguments.of(kind, new Fault.Truncate(), RemoteStatus.State.OPEN));
            all.add(Arguments.of(kind, new Fault.Alter(), RemoteStatus.State.OK));
            all.add(Arguments.of(kind, new Fault.Oversize(), RemoteStatus.State.OK));
            all.add(Arguments.of(kind, new Fault.Empty(), RemoteStatus.State.OK));
            all.add(Arguments.of(kind, new Fault.Reset(), RemoteStatus.State.OPEN));
            all.add(Arguments.of(kind, new Fault.Status(401, ""), RemoteStatus.State.MISCONFIGURED));
            all.add(Arguments.of(kind, new Fault.Status(403, ""), RemoteStatus.State.MISCONFIGURED));
            all.add(Arguments.of(kind, new Fault.Status(412, ""), RemoteStatus.State.OK));
            all.add(Arguments.of(kind, new Fault.Status(429, "Retry-After: 60\r\n"), RemoteStatus.State.OPEN));
            all.add(Arguments.of(kind, new Fault.Status(500, ""), RemoteStatus.State.OPEN));
            all.add(Arguments.of(kind, new Fault.Status(502, ""), RemoteStatus.State.OPEN));
            all.add(Arguments.of(kind, new Fault.Status(503, "Retry-After: 60\r\n"), RemoteStatus.State.OPEN));
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aFaultCostsLittleAndIsNeverAHit(Kind kind, Fault fault, RemoteStatus.State state) throws Exception {
        RemoteUrl url = shared(kind);
        try (Machine machine =
                new Machine(directory.resolve("reader"), url, settings -> settings.withMode(RemoteMode.READ_ONLY))) {
            // Once in good order, so that no class has to be loaded within a deadline.
            assertThat(machine.manifest("context")).isInstanceOf(RemoteAnswer.Found.class);
            proxy.set(fault);
            long start = System.nanoTime();
            for (int i = 0; i < 30; i++) {
                RemoteAnswer<byte[]> answer = machine.artifact("artifact" + i % 10, DEADLINE);
                assertThat(answer).isInstanceOf(RemoteAnswer.Unavailable.class);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
            RemoteStatus status = machine.tier.status();
            assertThat(status.counters().absent()).isZero();
            assertThat(status.counters().found()).isEqualTo(1);
            assertThat(status.state()).isEqualTo(state);
            assertThat(status.line()).hasLineCount(1).doesNotContain(S3Server.SECRET, S3Server.KEY);
            proxy.set(new Fault.None());
            await().untilAsserted(() -> assertThat(machine.tier.artifact(
                            "another build", SampleArtifacts.key("artifact1"), Deadline.in(DEADLINE)))
                    .isInstanceOfSatisfying(
                            RemoteAnswer.Found.class, found -> ((FetchedArtifact) found.value()).close()));
            assertThat(machine.tier.status().state()).isEqualTo(RemoteStatus.State.OK);
            assertThat(directory.resolve("reader/temporary")).isEmptyDirectory();
        }
    }

    /** A 404 for everything is a cold cache, not an outage. */
    @ParameterizedTest
    @EnumSource
    void absenceIsNoError(Kind kind) throws Exception {
        RemoteUrl url = shared(kind);
        proxy.set(new Fault.Status(404, ""));
        try (Machine machine = Machine.at(directory.resolve("reader"), url)) {
            assertThat(machine.artifact("artifact1")).isInstanceOf(RemoteAnswer.Absent.class);
            assertThat(machine.counters().errors()).isZero();
            assertThat(machine.tier.status().state()).isEqualTo(RemoteStatus.State.OK);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatClosesAfterEachAnswerIsFine(Kind kind) throws Exception {
        RemoteUrl url = shared(kind);
        try (Machine machine = Machine.at(directory.resolve("reader"), url)) {
            for (int i = 0; i < 10; i++) {
                assertThat(machine.artifact("artifact" + i)).isInstanceOf(RemoteAnswer.Found.class);
            }
            assertThat(machine.counters().errors()).isZero();
        }
    }

    /** A build asks many things at once; each of them alone would wait for its deadline. */
    @ParameterizedTest
    @EnumSource
    void aBuildWaitsForADeadServerOnlyOnce(Kind kind) throws Exception {
        RemoteUrl url = shared(kind);
        proxy.set(new Fault.Hang());
        try (Machine machine = Machine.at(directory.resolve("reader"), url)) {
            long start = System.nanoTime();
            ObjectStoreContract.atOnce(8, lane -> {
                for (int i = 0; i < 50; i++) {
                    machine.artifact("lane" + lane + "-" + i, Duration.ofSeconds(1));
                }
                return lane;
            });
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
            assertThat(machine.counters().skipped()).isGreaterThan(300);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLateAnswerIsAskedForASecondTime(Kind kind) throws Exception {
        RemoteUrl url = shared(kind);
        try (Machine machine = Machine.at(directory.resolve("reader"), url)) {
            assertThat(machine.artifact("artifact0")).isInstanceOf(RemoteAnswer.Found.class);
            proxy.set(new Fault.Sometimes(new Fault.Hang()));
            for (int i = 1; i < 7; i++) {
                assertThat(machine.artifact("artifact" + i)).isInstanceOf(RemoteAnswer.Found.class);
            }
            assertThat(machine.counters().hedges()).isPositive();
            assertThat(directory.resolve("reader/temporary")).isEmptyDirectory();
        }
    }

    @ParameterizedTest
    @EnumSource
    void manyWhoAskTheSameAskOnce(Kind kind) throws Exception {
        RemoteUrl url = shared(kind);
        try (Machine machine = Machine.at(directory.resolve("reader"), url)) {
            assertThat(machine.artifact("artifact0")).isInstanceOf(RemoteAnswer.Found.class);
            proxy.set(new Fault.Delay(100));
            int before = proxy.requests().size();
            List<RemoteAnswer<byte[]>> answers = ObjectStoreContract.atOnce(16, lane -> machine.artifact("artifact1"));
            assertThat(answers)
                    .allSatisfy(answer -> assertThat(answer)
                            .isInstanceOfSatisfying(
                                    RemoteAnswer.Found.class,
                                    found -> assertThat(found.value()).isEqualTo(OUTPUT)));
            assertThat(proxy.requests().size() - before).isLessThanOrEqualTo(3);
            assertThat(directory.resolve("reader/temporary")).isEmptyDirectory();
        }
    }

    /** Returns the address behind the proxy of a store with ten artifacts, which all tests only read. */
    private RemoteUrl shared(Kind kind) throws Exception {
        RemoteUrl direct = STORES.computeIfAbsent(kind, this::filled);
        int port = kind == Kind.S3 ? S3Server.PORT : NginxServer.PORT;
        proxy.target(port);
        return kind == Kind.S3
                ? S3Server.bucket(direct.place(), proxy.port(), Map.of())
                : RemoteUrl.parse(direct.place().replace(":" + port, ":" + proxy.port()));
    }

    private RemoteUrl filled(Kind kind) {
        RemoteUrl url = kind == Kind.S3 ? S3Server.newBucket() : NginxServer.newArea();
        try (Machine writer = Machine.at(directory.resolve("writer"), url)) {
            for (int i = 0; i < 10; i++) {
                writer.produce(i == 0 ? "context" : "context" + i, "artifact" + i, OUTPUT);
            }
            assertThat(writer.drain().done()).isEqualTo(10);
            return url;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
