package dev.cairn.wrapper.cli;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/**
 * Asks a running daemon by CONTROL frames (see {@code docs/protocol.md}); one connection per question. Never starts a
 * daemon. Thread-safe.
 */
public final class DaemonClient {
    /** The protocol number that this client speaks. */
    public static final int PROTOCOL = 2;

    /** How long a question may take in all, unless said otherwise. */
    public static final Duration DEFAULT_BOUND = Duration.ofSeconds(10);

    private static final byte CONTROL = 0x04;
    private static final int REPLY = 0x85;
    private static final int LARGEST_FRAME = 268_435_456;

    private final Path endpoint;
    private final Duration bound;

    /** What came of a question. */
    public sealed interface Answer {
        /** The daemon did it; {@code object} is its reply without {@code ok}. */
        record Reply(ObjectNode object) implements Answer {}

        /** The daemon answered that it could not; {@code error} is its one line. */
        record Refused(String error) implements Answer {}

        /** No daemon listens. */
        record Absent() implements Answer {}

        /** Something listens, but no proper answer came in time; {@code reason} is one line. */
        record Broken(String reason) implements Answer {}
    }

    /**
     * Makes a client; nothing is opened yet.
     *
     * @param endpoint the daemon's socket
     * @param bound how long a question may take, connecting included
     */
    public DaemonClient(Path endpoint, Duration bound) {
        this.endpoint = endpoint;
        this.bound = bound;
    }

    /**
     * Asks and waits for the answer, at most as long as the bound.
     *
     * @param command a command of the protocol's table
     * @param fields its fields, values being strings, numbers or Booleans
     */
    public Answer ask(String command, Map<String, ?> fields) {
        if (!Files.exists(endpoint)) {
            return new Answer.Absent();
        }
        CountDownLatch answered = new CountDownLatch(1);
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            // A blocking Unix channel has no timeout of its own; closing it ends whatever it waits for.
            Thread.ofPlatform().daemon().name("daemon-client-bound").start(() -> closeUnless(answered, channel));
            channel.connect(UnixDomainSocketAddress.of(endpoint));
            if (!isOwn(channel)) {
                return new Answer.Broken("the process at " + endpoint + " belongs to another user");
            }
            write(channel, frame(command, fields));
            return read(channel);
        } catch (ConnectException e) {
            return new Answer.Absent();
        } catch (EOFException e) {
            return new Answer.Broken("the daemon closed the connection without an answer");
        } catch (AsynchronousCloseException e) {
            return new Answer.Broken("the daemon did not answer within " + bound.toSeconds() + " s");
        } catch (IOException e) {
            return Files.exists(endpoint)
                    ? new Answer.Broken("no conversation with " + endpoint + ": " + e.getMessage())
                    : new Answer.Absent();
        } catch (JacksonException e) {
            return new Answer.Broken("the daemon's answer is not JSON");
        } finally {
            answered.countDown();
        }
    }

    private void closeUnless(CountDownLatch answered, SocketChannel channel) {
        try {
            if (!answered.await(bound.toMillis(), TimeUnit.MILLISECONDS)) {
                channel.close();
            }
        } catch (InterruptedException | IOException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isOwn(SocketChannel channel) throws IOException {
        return channel.getOption(ExtendedSocketOptions.SO_PEERCRED)
                .user()
                .equals(Files.getOwner(Path.of("/proc/self")));
    }

    private static ByteBuffer frame(String command, Map<String, ?> fields) {
        ObjectNode question = Json.object().put("command", command);
        fields.forEach((name, value) -> question.set(name, Json.node(value)));
        byte[] json = Json.compact(question);
        int length = Byte.BYTES + Short.BYTES + Integer.BYTES + json.length;
        return ByteBuffer.allocate(Integer.BYTES + length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(length)
                .put(CONTROL)
                .putShort((short) PROTOCOL)
                .putInt(json.length)
                .put(json)
                .flip();
    }

    private static Answer read(SocketChannel channel) throws IOException {
        int length = bytes(channel, Integer.BYTES).getInt();
        if (length < Byte.BYTES + Integer.BYTES || length > LARGEST_FRAME) {
            return new Answer.Broken("the daemon's answer has no valid length; it may be of another version");
        }
        ByteBuffer frame = bytes(channel, length);
        int type = Byte.toUnsignedInt(frame.get());
        int textLength = frame.getInt();
        if (type != REPLY || textLength != frame.remaining()) {
            return new Answer.Broken("the daemon's answer is not a reply; it may be of another version");
        }
        byte[] text = new byte[textLength];
        frame.get(text);
        ObjectNode reply = Json.parse(text);
        boolean ok = reply.path("ok").asBoolean(false);
        if (!ok) {
            return new Answer.Refused(reply.has("error") ? Json.text(reply, "error") : "the daemon gave no reason");
        }
        reply.remove("ok");
        return new Answer.Reply(reply);
    }

    private static void write(SocketChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private static ByteBuffer bytes(SocketChannel channel, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException();
            }
        }
        return buffer.flip();
    }
}
