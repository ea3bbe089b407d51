package dev.cairn.wrapper.e2e;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks a daemon by CONTROL frames (docs/protocol.md), without starting one. Stateless. */
final class DaemonSocket {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final byte CONTROL = 0x04;
    private static final short PROTOCOL = 2;

    private DaemonSocket() {}

    /**
     * Returns the reply.
     *
     * @throws IOException when no daemon answers
     */
    static JsonNode ask(Path socket, String question) throws IOException {
        byte[] text = question.getBytes(StandardCharsets.UTF_8);
        ByteBuffer frame = little(4 + 1 + 2 + 4 + text.length)
                .putInt(1 + 2 + 4 + text.length)
                .put(CONTROL)
                .putShort(PROTOCOL)
                .putInt(text.length)
                .put(text)
                .flip();
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            while (frame.hasRemaining()) {
                channel.write(frame);
            }
            read(channel, 4 + 1);
            byte[] reply = new byte[read(channel, 4).getInt()];
            read(channel, reply.length).get(reply);
            return JSON.readTree(reply);
        }
    }

    static JsonNode parse(String json) {
        return JSON.readTree(json);
    }

    private static ByteBuffer read(SocketChannel channel, int count) throws IOException {
        ByteBuffer buffer = little(count);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException();
            }
        }
        return buffer.flip();
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
