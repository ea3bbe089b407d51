package dev.cairn.wrapper.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** Stands before a server, and lets connections through or does to them what networks do. */
final class Gate implements AutoCloseable {
    /** What happens to connections. */
    enum Way {
        /** They reach the server. */
        OPEN,
        /** They are closed at once. */
        DOWN,
        /** They are accepted, and nothing ever comes back. */
        HANGING,
        /** Every request is forbidden. */
        DENYING,
        /** They reach the server when the gate is {@link #release released}. */
        HELD
    }

    private static final byte[] FORBIDDEN = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket listener;
    private final int target;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile Way way = Way.OPEN;

    Gate(int target) throws IOException {
        this.target = target;
        listener = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Holds from now on, for connections that are open too. */
    void set(Way next) {
        way = next;
        open.forEach(Gate::shut);
        open.clear();
    }

    /** Lets those through that were held. */
    void release() {
        released.countDown();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                open.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try {
            switch (way) {
                case OPEN -> relay(client);
                case HELD -> {
                    released.await();
                    relay(client);
                }
                case DOWN -> shut(client);
                case HANGING -> client.getInputStream().transferTo(OutputStream.nullOutputStream());
                case DENYING -> {
                    byte[] buffer = new byte[1 << 16];
                    if (client.getInputStream().read(buffer) > 0) {
                        client.getOutputStream().write(FORBIDDEN);
                    }
                    shut(client);
                }
            }
        } catch (IOException e) {
            shut(client);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void relay(Socket client) throws IOException {
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        open.add(server);
        Thread.ofVirtual().start(() -> copy(server, client));
        copy(client, server);
    }

    private static void copy(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            in.transferTo(to.getOutputStream());
        } catch (IOException e) {
            shut(to);
        }
    }

    private static void shut(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        release();
        listener.close();
        open.forEach(Gate::shut);
    }
}
