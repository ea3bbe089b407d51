package dev.cairn.wrapper.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Writes frames (docs/protocol.md) to a connection, each in one write where the socket takes it. Not thread-safe. */
public final class FrameWriter {
    private static final int INITIAL = 1 << 12;

    private final WritableByteChannel channel;
    private ByteBuffer buffer = ByteBuffer.allocate(INITIAL).order(ByteOrder.LITTLE_ENDIAN);

    public FrameWriter(WritableByteChannel channel) {
        this.channel = channel;
    }

    /** Sends an answer to COMPILE or UNDELIVERED. */
    public void answer(Answer answer) throws IOException {
        // No switch: before one over types the JVM has to make a class, and a first hit would wait for that.
        if (answer instanceof Answer.Hit hit) {
            hit(hit);
        } else if (answer instanceof Answer.Run run) {
            run(run);
        } else {
            begin(Frame.PASSTHROUGH).text(((Answer.Passthrough) answer).reason());
        }
        send();
    }

    private void run(Answer.Run run) {
        begin(Frame.RUN)
                .number(run.hitMayCome() ? 1 : 0)
                .texts(run.arguments())
                .number(run.dependencies())
                .texts(run.scan())
                .number(run.scanDependencies());
    }

    private void hit(Answer.Hit hit) {
        begin(Frame.HIT)
                .number((hit.hardLinks() ? 1 : 0) | (hit.partial() ? 2 : 0))
                .number(0)
                .number(hit.files().size());
        for (Answer.Delivery file : hit.files()) {
            room(1).put((byte) (file.source() instanceof Answer.Source.Blob ? 0 : 1));
            number(file.mode());
            room(Long.BYTES).putLong(file.size());
            text(file.destination());
            if (file.source() instanceof Answer.Source.Blob(String path)) {
                text(path);
            } else {
                bytes(((Answer.Source.Inline) file.source()).bytes());
            }
        }
        bytes(hit.stdout()).bytes(hit.stderr());
    }

    /** Sends the answer to FINISHED. */
    public void done(boolean stored) throws IOException {
        begin(Frame.DONE).room(1).put((byte) (stored ? 1 : 0));
        send();
    }

    /** Sends the answer to CONTROL, one JSON object. */
    public void reply(byte[] json) throws IOException {
        begin(Frame.REPLY).bytes(json);
        send();
    }

    private FrameWriter begin(int type) {
        buffer.clear().putInt(0).put((byte) type);
        return this;
    }

    private void send() throws IOException {
        buffer.putInt(0, buffer.position() - Integer.BYTES).flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private FrameWriter texts(List<String> texts) {
        number(texts.size());
        texts.forEach(this::text);
        return this;
    }

    private FrameWriter text(String text) {
        return bytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private FrameWriter bytes(byte[] bytes) {
        number(bytes.length);
        room(bytes.length).put(bytes);
        return this;
    }

    private FrameWriter number(int value) {
        room(Integer.BYTES).putInt(value);
        return this;
    }

    private ByteBuffer room(int wanted) {
        if (buffer.remaining() < wanted) {
            int size = Math.max(2 * buffer.capacity(), buffer.position() + wanted);
            byte[] grown = Arrays.copyOf(buffer.array(), size);
            buffer = ByteBuffer.wrap(grown).order(ByteOrder.LITTLE_ENDIAN).position(buffer.position());
        }
        return buffer;
    }
}
