package dev.cairn.remote;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A port of this machine at which each connection is served by a thread of its own, for who stands in the way of HTTP. Thread-safe. */
final class HttpListener implements AutoCloseable {
    private final ServerSocket server;
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    /** @param serve serves a connection, and closes it */
    HttpListener(Consumer<Socket> serve) throws IOException {
        server = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> accept(serve));
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept(Consumer<Socket> serve) {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                open.add(client);
                Thread.ofVirtual().start(() -> {
                    try {
                        serve.accept(client);
                    } finally {
                        open.remove(client);
                    }
                });
            } catch (IOException e) {
                return;
            }
        }
    }

    /** Reads up to the empty line after the headers; returns nothing when the connection ends before. */
    static String head(InputStream in) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        for (int tail = 0; tail != 0x0d0a0d0a; ) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            read.write(next);
            tail = tail << 8 | next;
        }
        return read.toString(StandardCharsets.ISO_8859_1);
    }

    /** Closes the connections that there are. */
    void disconnect() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        disconnect();
    }
}
