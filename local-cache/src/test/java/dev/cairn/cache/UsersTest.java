package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsersTest {
    @TempDir
    Path temporary;

    @Test
    void whoeverConnectsIsTheUserThatRunsThisTest() throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(temporary.resolve("socket"));
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(address);
            try (SocketChannel client = SocketChannel.open(address);
                    SocketChannel accepted = listener.accept()) {
                assertThat(client.isConnected()).isTrue();
                assertThat(Users.ofPeer(accepted)).hasValue(Users.self());
            }
        }
        assertThat(Users.self()).isEqualTo(((Number) Files.getAttribute(temporary, "unix:uid")).longValue());
    }
}
