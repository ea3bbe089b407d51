package dev.cairn.wrapper.e2e;

import static dev.cairn.wrapper.e2e.SharingMachine.count;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.remote.FaultProxy;
import dev.cairn.remote.FaultProxy.Fault;
import dev.cairn.remote.ForwardProxy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * Whole builds with a store that is full of what they need, and that fails: they make what the compiler makes, one line of
 * {@code cairn status} and {@code cairn doctor} says what is wrong, nothing wrong is kept anywhere, and when it is over the
 * same daemon uses the store.
 */
class RemoteFaultsIT {
    private static final int SOURCES = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @RegisterExtension
    static final Sandbox BOX = Sandbox.ofClass();

    private static RemoteServer store;
    private static int machines;

    private Optional<SharingMachine> last = Optional.empty();

    @BeforeAll
    static void fill() throws IOException {
        BOX.expectErrors(); // what stores say is logged
        store = RemoteServer.s3(BOX.root.resolve("server"));
        SharingMachine filler = new SharingMachine(BOX, "filler", store::share);
        filler.build(SOURCES);
        filler.drain();
    }

    @AfterAll
    static void empty() {
        store.close();
    }

    @AfterEach
    void stop() {
        last.ifPresent(SharingMachine::stop);
    }

    /** A machine that has built nothing yet, or the one of this test with other settings. */
    private SharingMachine machine(String name, UnaryOperator<Command> settings) {
        SharingMachine machine = new SharingMachine(
                BOX,
                name,
                command -> settings.apply(command)
                        .env("CAIRN_REMOTE_TIMEOUT", "500ms")
                        .env("CAIRN_REMOTE_SCOPE", name)
                        .env("CAIRN_REMOTE_READ_SCOPES", name + ",main"));
        last = Optional.of(machine);
        return machine;
    }

    private static String newName() {
        return "reader-" + ++machines;
    }

    private static Fault fault(String name) {
        return switch (name) {
            case "403" -> new Fault.Status(403, "");
            case "404" -> new Fault.Status(404, "");
            case "412" -> new Fault.Status(412, "");
            case "429" -> new Fault.Status(429, "Retry-After: 2\r\n");
            case "500" -> new Fault.Status(500, "");
            case "hang" -> new Fault.Hang();
            case "trickle" -> new Fault.Trickle(30);
            case "truncate" -> new Fault.Truncate();
            case "alter" -> new Fault.Alter();
            default -> new Fault.Oversize();
        };
    }

    /**
     * What a server, or what is before it, does to all answers.
     *
     * @param status what is said by the line of {@code cairn status}, about reads or about uploads
     * @param doctor what is said by the line of {@code cairn doctor}, which asks by itself
     */
    @ParameterizedTest
    @CsvSource({
        "403, 403, 403",
        "404, uploads fail, writing fails",
        "412, 412, 412",
        "429, 429, 429",
        "500, 500, 500",
        "hang, no answer within, no answer within 5000 ms",
        "trickle, no answer within, no answer within 5000 ms",
        "truncate, end of, end of",
        "alter, not what, not what was written",
        "oversize, not what, not what was written",
    })
    void anAnswerThatIsWrongChangesNoBuild(String fault, String status, String doctor) throws IOException {
        try (FaultProxy proxy = FaultProxy.before(store.port())) {
            proxy.set(fault(fault));
            SharingMachine reader = machine(newName(), store.behind(proxy.port())::share);
            JsonNode failing = reader.build(SOURCES);
            assertThat(count(failing, "misses")).isEqualTo(SOURCES);
            assertThat(count(failing, "stored")).isEqualTo(SOURCES);
            assertThat(count(failing, "remote", "errors")).isEqualTo(fault.equals("404") ? 0 : SOURCES);
            assertSaid(reader, "s3://bucket/some/prefix", status, doctor);
            proxy.heal();
            assertRecovered(reader);
        }
    }

    @Test
    void wrongCredentialsChangeNoBuild() throws IOException {
        String name = newName();
        SharingMachine reader =
                machine(name, command -> store.share(command).env("AWS_SECRET_ACCESS_KEY", "a-wrong-secret"));
        assertThat(count(reader.build(SOURCES), "misses")).isEqualTo(SOURCES);
        assertSaid(reader, "s3://bucket/some/prefix", "403", "403");
        SharingMachine corrected = machine(name, store::share);
        assertRight(corrected);
        assertThat(lines(corrected.cairn("doctor").run().succeeded()))
                .filteredOn(line -> line.contains("remote: "))
                .first()
                .asString()
                .matches("ok   remote: s3://bucket/some/prefix\\S*: can be read and written, asked in \\d+ ms;"
                        + " conditional puts: yes, listing: yes");
    }

    @Test
    void aBucketThatIsMissingChangesNoBuild() throws IOException {
        SharingMachine reader = machine(
                newName(),
                command ->
                        store.share(command).env("CAIRN_REMOTE", store.address().replace("bucket", "absent")));
        assertThat(count(reader.build(SOURCES), "misses")).isEqualTo(SOURCES);
        assertSaid(reader, "s3://absent/some/prefix", "bucket", "bucket");
        store.createBucket("absent");
        assertRecovered(reader);
    }

    @Test
    void aNameThatDoesNotResolveChangesNoBuild() throws IOException {
        String name = newName();
        SharingMachine reader = machine(
                name,
                command -> store.share(command)
                        .env("CAIRN_REMOTE", store.address().replace("127.0.0.1", "no-such-host.invalid")));
        assertThat(count(reader.build(SOURCES), "misses")).isEqualTo(SOURCES);
        assertSaid(reader, "s3://bucket/some/prefix", "no-such-host.invalid", "no-such-host.invalid");
        assertRight(machine(name, store::share));
    }

    /** First nobody vouches for the server, then it does not know us, then all is well. */
    @Test
    void certificatesThatDoNotFitChangeNoBuild() throws IOException {
        Path directory = BOX.root.resolve("https");
        String name = newName();
        try (RemoteServer https = RemoteServer.https(directory);
                ForwardProxy proxy = ForwardProxy.toThisMachine("")) {
            SharingMachine reader = machine(name, https::share);
            assertThat(count(reader.build(SOURCES), "misses")).isEqualTo(SOURCES);
            assertSaid(reader, https.address(), "certification path", "certification path");

            UnaryOperator<Command> trusting = command -> https.share(command)
                    .env("CAIRN_REMOTE", https.address() + "?ca=" + directory.resolve("server.pem"));
            reader = machine(name, trusting);
            reader.cairn("clear").run().succeeded(); // so that the store is asked
            reader.build(SOURCES);
            awaitCount(2 * SOURCES, "misses");
            assertSaid(reader, https.address(), "400", "400");

            UnaryOperator<Command> shown = command -> trusting.apply(command)
                    .env(
                            "CAIRN_REMOTE_CLIENT_CERTIFICATE",
                            directory.resolve("client.pem").toString())
                    .env(
                            "CAIRN_REMOTE_CLIENT_KEY",
                            directory.resolve("client.key").toString())
                    .env("https_proxy", "http://127.0.0.1:" + proxy.port());
            reader = machine(name, shown);
            reader.cairn("clear").run().succeeded();
            reader.build(SOURCES);
            awaitCount(3 * SOURCES, "misses");
            assertThat(reader.cairn("doctor").run().outText()).contains("ok   remote: " + https.address());
            assertRecovered(reader);
            assertThat(proxy.requests()).isPositive();
        }
    }

    private static void assertSaid(SharingMachine reader, String address, String status, String doctor) {
        Command.Running examining = reader.cairn("doctor").start(); // asks by itself, so both may go on at once
        List<String> shown = lines(reader.cairn("status").run().succeeded());
        assertThat(shown)
                .filteredOn(line -> line.startsWith("remote "))
                .anySatisfy(line -> assertThat(line).contains(address).contains(status));
        Result examined = examining.end();
        List<String> found = lines(examined);
        int place = found.stream()
                .filter(line -> line.contains("remote: "))
                .map(found::indexOf)
                .findFirst()
                .orElseThrow();
        assertThat(found.get(place)).startsWith("warn remote: " + address).contains(doctor);
        assertThat(found.get(place + 1)).contains("-> ");
        assertThat(found)
                .filteredOn(line -> line.contains(" remote: " + address))
                .hasSize(1);
        assertThat(examined.exit()).isZero();
    }

    private static List<String> lines(Result result) {
        return result.outText().lines().toList();
    }

    /** The daemon finds by itself that the store works, brings what waits there, and gets all from there again. */
    private static void assertRecovered(SharingMachine reader) throws IOException {
        await().atMost(PATIENCE).until(() -> {
            JsonNode store = BOX.remote();
            return store.path("state").asString("").equals("ok") && count(store, "uploads", "queued") == 0;
        });
        assertRight(reader);
    }

    /** Everything comes from the store, and is what the compiler makes. */
    private static void assertRight(SharingMachine reader) throws IOException {
        reader.cairn("clear").run().succeeded();
        long before = count(BOX.stats(), "hits", "remote");
        reader.build(SOURCES);
        awaitCount(before + SOURCES, "hits", "remote");
    }

    /** A request is counted when its connection closes. */
    private static void awaitCount(long wanted, String... path) {
        await().atMost(PATIENCE).until(() -> count(BOX.stats(), path), count -> count == wanted);
    }
}
