package dev.cairn.wrapper.daemon;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Field;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is at the other end of a connection. The JDK gives a user's name, which it looks up (in files, or over the
 * network) for every connection, so the number is asked for directly; for that the daemon's options open the JDK's
 * channel. Thread-safe.
 */
final class Peer {
    private static final Logger LOG = LoggerFactory.getLogger(Peer.class);
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 17;
    private static final int SIZE_OF_UCRED = 12;
    private static final int UID = 4;

    private final int self = callInt("geteuid");
    private final MethodHandle getsockopt = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("getsockopt"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.ADDRESS));
    private final ThreadLocal<MemorySegment> buffers =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(SIZE_OF_UCRED + Integer.BYTES, Integer.BYTES));
    private final Optional<Field> descriptor;

    Peer(SocketChannel example) {
        descriptor = descriptorOf(example);
    }

    private static Optional<Field> descriptorOf(SocketChannel example) {
        try {
            Field field = example.getClass().getDeclaredField("fdVal");
            field.setAccessible(true);
            return Optional.of(field);
        } catch (NoSuchFieldException | RuntimeException e) {
            LOG.warn("users of connections are looked up by name: {}", e.toString());
            return Optional.empty();
        }
    }

    /** Whether the peer runs as the user that this daemon runs as. */
    boolean isSelf(SocketChannel connection) {
        try {
            return descriptor.isPresent()
                    ? uid(descriptor.get().getInt(connection)) == self
                    : connection
                            .getOption(ExtendedSocketOptions.SO_PEERCRED)
                            .user()
                            .getName()
                            .equals(System.getProperty("user.name"));
        } catch (IOException | IllegalAccessException | UnsupportedOperationException e) {
            return false;
        }
    }

    private int uid(int socket) throws IOException {
        MemorySegment buffer = buffers.get();
        MemorySegment length = buffer.asSlice(SIZE_OF_UCRED);
        length.set(ValueLayout.JAVA_INT, 0, SIZE_OF_UCRED);
        try {
            if ((int) getsockopt.invokeExact(socket, SOL_SOCKET, SO_PEERCRED, buffer, length) != 0) {
                throw new IOException("SO_PEERCRED failed");
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("getsockopt could not be called", e);
        }
        return buffer.get(ValueLayout.JAVA_INT, UID);
    }

    private static int callInt(String name) {
        Linker linker = Linker.nativeLinker();
        MethodHandle handle = linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(ValueLayout.JAVA_INT));
        try {
            return (int) handle.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException(name + " could not be called", e);
        }
    }
}
