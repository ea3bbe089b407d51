package dev.cairn.wrapper.protocol;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads frames (docs/protocol.md) from a connection. Not thread-safe. */
public final class FrameReader {
    private static final int INITIAL = 1 << 13;
    private static final int LARGEST = 1 << 28;

    private static final Environments ENVIRONMENTS = new Environments();

    private final ReadableByteChannel channel;
    private ByteBuffer buffer =
            ByteBuffer.allocate(INITIAL).order(ByteOrder.LITTLE_ENDIAN).flip();

    public FrameReader(ReadableByteChannel channel) {
        this.channel = channel;
    }

    /** A frame came that is not what the protocol allows. */
    public static final class Malformed extends IOException {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message);
        }
    }

    /**
     * Reads one frame.
     *
     * @return empty when the peer closed the connection between frames
     * @throws Malformed when the frame breaks the protocol
     * @throws IOException when the connection fails, or ends in the middle of a frame
     */
    public Optional<Frame> next() throws IOException {
        if (!fill(Integer.BYTES)) {
            return Optional.empty();
        }
        int length = buffer.getInt();
        if (length < 1 || length > LARGEST) {
            throw new Malformed("frame of " + Integer.toUnsignedString(length) + " bytes");
        }
        if (!fill(length)) {
            throw new Malformed("connection ended inside a frame");
        }
        int end = buffer.position() + length;
        int limit = buffer.limit();
        buffer.limit(end);
        try {
            return Optional.of(decode());
        } catch (BufferUnderflowException | NegativeArraySizeException e) {
            throw new Malformed("frame is shorter than its fields");
        } finally {
            buffer.limit(limit).position(end);
        }
    }

    private boolean fill(int wanted) throws IOException {
        if (buffer.remaining() >= wanted) {
            return true;
        }
        if (buffer.capacity() - buffer.position() < wanted) {
            ByteBuffer larger = buffer;
            if (buffer.capacity() < wanted) {
                larger = ByteBuffer.allocate(Math.max(wanted, 2 * buffer.capacity()))
                        .order(ByteOrder.LITTLE_ENDIAN);
                larger.put(buffer);
            } else {
                larger.compact();
            }
            buffer = larger.flip();
        }
        int start = buffer.position();
        buffer.position(buffer.limit()).limit(buffer.capacity());
        while (buffer.position() - start < wanted) {
            if (channel.read(buffer) < 0) {
                boolean clean = buffer.position() == start;
                buffer.flip().position(start);
                if (clean) {
                    return false;
                }
                throw new Malformed("connection ended inside a frame");
            }
        }
        buffer.flip().position(start);
        return true;
    }

    private Frame decode() throws Malformed {
        int type = buffer.get() & 0xff;
        return switch (type) {
            case Frame.COMPILE -> compile();
            case Frame.FINISHED -> finished();
            case Frame.UNDELIVERED -> new Frame.Undelivered(buffer.getInt(), text());
            case Frame.RUNNING -> new Frame.Running();
            case Frame.CONTROL -> new Frame.Control(protocol(), bytes());
            default -> throw new Malformed("frame of unknown type " + type);
        };
    }

    private Frame compile() throws Malformed {
        int protocol = protocol();
        if (protocol != Frame.PROTOCOL) {
            return new Frame.OtherProtocol(protocol);
        }
        int flags = buffer.getInt();
        long device = splitDevice(buffer.getLong());
        long inode = buffer.getLong();
        String directory = text();
        String compiler = text();
        List<String> arguments = texts();
        return new Frame.Compile(new Request(
                (flags & 1) != 0, (flags & 2) != 0, device, inode, directory, compiler, arguments, environment()));
    }

    /** Turns a {@code dev_t} into major number above, minor number below, as {@code statx} gives them. */
    private static long splitDevice(long device) {
        long major = ((device >>> 8) & 0xfff) | ((device >>> 32) & 0xfffff000L);
        long minor = (device & 0xff) | ((device >>> 12) & 0xffffff00L);
        return (major << 32) | minor;
    }

    private Frame finished() throws Malformed {
        int status = buffer.getInt();
        int flags = buffer.getInt();
        byte[] stdout = bytes();
        byte[] stderr = bytes();
        byte[] dependencies = bytes();
        return new Frame.Ended(new Finished(
                status,
                (flags & 3) != 0,
                (flags & 8) != 0,
                stdout,
                stderr,
                (flags & 4) != 0 ? Optional.of(dependencies) : Optional.empty()));
    }

    /** The environment is the last field: what is left of the frame. */
    private Map<String, String> environment() throws Malformed {
        int start = buffer.arrayOffset() + buffer.position();
        Optional<Map<String, String>> known = ENVIRONMENTS.find(buffer.array(), start, start + buffer.remaining());
        if (known.isPresent()) {
            buffer.position(buffer.limit());
            return known.get();
        }
        byte[] encoded = Arrays.copyOfRange(buffer.array(), start, start + buffer.remaining());
        Map<String, String> environment = new HashMap<>();
        for (String entry : texts()) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                environment.putIfAbsent(entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        return ENVIRONMENTS.remember(encoded, environment);
    }

    private int protocol() {
        return buffer.getShort() & 0xffff;
    }

    private List<String> texts() throws Malformed {
        int count = buffer.getInt();
        if (count < 0 || count > buffer.remaining() / Integer.BYTES) {
            throw new Malformed("list longer than its frame");
        }
        List<String> texts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            texts.add(text());
        }
        return texts;
    }

    private String text() throws Malformed {
        int length = length();
        String text = new String(
                buffer.array(), buffer.arrayOffset() + buffer.position(), length, StandardCharsets.ISO_8859_1);
        buffer.position(buffer.position() + length);
        return text;
    }

    private byte[] bytes() throws Malformed {
        byte[] bytes = new byte[length()];
        buffer.get(bytes);
        return bytes;
    }

    private int length() throws Malformed {
        int length = buffer.getInt();
        if (length < 0 || length > buffer.remaining()) {
            throw new Malformed("field longer than its frame");
        }
        return length;
    }
}
