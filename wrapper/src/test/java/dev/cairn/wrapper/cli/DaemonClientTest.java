package dev.cairn.wrapper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.wrapper.cli.DaemonClient.Answer;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DaemonClientTest {
    private final Path endpoint;
    private final DaemonClient client;

    DaemonClientTest(@TempDir Path directory) {
        this.endpoint = directory.resolve("d.sock");
        this.client = new DaemonClient(endpoint, Duration.ofSeconds(10));
    }

    @Test
    void fieldsArriveAsTheyWereGivenAndOkIsTakenOff() throws IOException {
        try (CannedDaemon daemon = new CannedDaemon(endpoint, question -> "{\"ok\": true, \"n\": 9007199254740993}")) {
            Answer answer = client.ask("explain", Map.of("output", "/tmp/\u00e4 b.o"));
            assertThat(daemon.questions().getFirst().path("output").asString()).isEqualTo("/tmp/\u00e4 b.o");
            assertThat(answer).isInstanceOfSatisfying(Answer.Reply.class, reply -> {
                assertThat(reply.object().propertyNames()).containsExactly("n");
                assertThat(reply.object().path("n").asLong()).isEqualTo(9007199254740993L);
            });
        }
    }

    @Test
    void noSocketAndASocketNobodyListensOnAreAbsent() throws IOException {
        assertThat(client.ask("status", Map.of())).isEqualTo(new Answer.Absent());
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(endpoint));
        }
        assertThat(Files.exists(endpoint)).isTrue();
        assertThat(client.ask("status", Map.of())).isEqualTo(new Answer.Absent());
    }

    @Test
    void aDaemonThatDoesNotAnswerInTimeIsBroken() throws IOException {
        DaemonClient impatient = new DaemonClient(endpoint, Duration.ofMillis(100));
        try (CannedDaemon _ = new CannedDaemon(endpoint, question -> null)) {
            assertThat(impatient.ask("status", Map.of()))
                    .isInstanceOfSatisfying(
                            Answer.Broken.class,
                            broken -> assertThat(broken.reason()).contains("did not answer within"));
        }
    }

    @Test
    void somethingElseAtTheEndpointIsBroken() throws IOException {
        Files.writeString(endpoint, "not a socket");
        assertThat(client.ask("status", Map.of())).isInstanceOfAny(Answer.Broken.class, Answer.Absent.class);
    }
}
