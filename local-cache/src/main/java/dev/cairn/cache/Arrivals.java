package dev.cairn.cache;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;

/**
 * One thread's waiting for connections, beside others that wait for them at the same listener: the kernel wakes one of them for
 * a connection. Of threads that wait in {@code accept} the JDK lets one through to the kernel, and whoever got a connection
 * wakes the next one for its place, while the connection waits. The listener must not be a blocking one: that a connection is
 * there may be told to several. For use by one thread.
 */
public final class Arrivals implements AutoCloseable {
    private final int descriptor;

    private Arrivals(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Opens the place of one thread. */
    public static Arrivals at(ServerSocketChannel listener) throws IOException {
        int descriptor = SmallLibrary.arrivalsOpen(listener);
        if (descriptor < 0) {
            throw new IOException("can't wait for connections at " + listener);
        }
        return new Arrivals(descriptor);
    }

    /** Waits until a connection may be there, or nobody can connect any more. */
    public void await() throws IOException {
        if (!SmallLibrary.arrivalsAwait(descriptor)) {
            throw new IOException("can't wait for connections");
        }
    }

    /** Lets all that wait return, now and from now on; nobody can connect any more. */
    public static void end(ServerSocketChannel listener) {
        SmallLibrary.arrivalsEnd(listener);
    }

    @Override
    public void close() {
        SmallLibrary.arrivalsClose(descriptor);
    }
}
