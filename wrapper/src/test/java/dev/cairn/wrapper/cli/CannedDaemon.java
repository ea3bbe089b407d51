package dev.cairn.wrapper.cli;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Answers CONTROL frames with whatever the test says: a JSON text, or null for no answer at all. */
final class CannedDaemon implements AutoCloseable {
    private final ServerSocketChannel server;
    private final Function<ObjectNode, @Nullable String> answers;
    private final List<ObjectNode> questions = new CopyOnWriteArrayList<>();

    CannedDaemon(Path endpoint, Function<ObjectNode, @Nullable String> answers) throws IOException {
        this.answers = answers;
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(endpoint));
        Thread.ofPlatform().daemon().start(this::serve);
    }

    List<ObjectNode> questions() {
        return questions;
    }

    private void serve() {
        while (server.isOpen()) {
            try (SocketChannel channel = server.accept()) {
                answer(channel);
            } catch (IOException _) {
                // The client went away, or the test ended.
            }
        }
    }

    private void answer(SocketChannel channel) throws IOException {
        int length = bytes(channel, 4).getInt();
        ByteBuffer frame = bytes(channel, length);
        byte type = frame.get();
        short protocol = frame.getShort();
        byte[] text = new byte[frame.getInt()];
        frame.get(text);
        if (type != 4 || protocol != 2 || frame.hasRemaining()) {
            return;
        }
        ObjectNode question = Json.parse(text);
        questions.add(question);
        String answer = answers.apply(question);
        if (answer == null) {
            // The client ends the wait.
            channel.read(ByteBuffer.allocate(1));
            return;
        }
        byte[] json = answer.getBytes(StandardCharsets.UTF_8);
        ByteBuffer reply = ByteBuffer.allocate(9 + json.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(5 + json.length)
                .put((byte) 0x85)
                .putInt(json.length)
                .put(json)
                .flip();
        while (reply.hasRemaining()) {
            channel.write(reply);
        }
    }

    private static ByteBuffer bytes(SocketChannel channel, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new IOException("closed");
            }
        }
        return buffer.flip();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
