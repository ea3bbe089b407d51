package dev.cairn.wrapper.daemon;

import dev.cairn.cache.Arrivals;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections on threads that serve what they accepted, so that a hit is never handed from thread to thread.
 * Whenever the last free thread takes a connection it starts another, up to a bound; free ones beyond a few end.
 * Thread-safe.
 */
final class Server {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final int FEW = 4;
    private static final int MOST = 512;

    private final ServerSocketChannel listener;
    private final Consumer<SocketChannel> service;
    private final AtomicInteger free = new AtomicInteger();
    private final AtomicInteger threads = new AtomicInteger();
    private volatile boolean stopped;

    private Server(ServerSocketChannel listener, Consumer<SocketChannel> service) {
        this.listener = listener;
        this.service = service;
    }

    /**
     * Starts to accept.
     *
     * @param listener a bound listener that does not block
     * @param service serves one connection to its end; the connection is closed after it
     */
    static Server start(ServerSocketChannel listener, Consumer<SocketChannel> service) {
        Server server = new Server(listener, service);
        server.addThread();
        return server;
    }

    /** Stops accepting; connections that are open go on. */
    void stop() {
        stopped = true;
        Arrivals.end(listener);
        try {
            listener.close();
        } catch (IOException e) {
            LOG.debug("closing the listener failed", e);
        }
    }

    private void addThread() {
        int number = threads.incrementAndGet();
        free.incrementAndGet();
        Thread.ofPlatform().name("serve-" + number).daemon(true).start(this::acceptLoop);
    }

    private void acceptLoop() {
        try (Arrivals arrivals = Arrivals.at(listener)) {
            do {
                SocketChannel connection = next(arrivals);
                if (free.decrementAndGet() == 0 && threads.get() < MOST) {
                    addThread();
                }
                serve(connection);
            } while (free.incrementAndGet() <= FEW);
            free.decrementAndGet();
        } catch (IOException e) {
            free.decrementAndGet();
            if (stopped) {
                LOG.debug("stopped");
            } else {
                LOG.error("can't accept connections any more", e);
            }
        } finally {
            threads.decrementAndGet();
        }
    }

    private SocketChannel next(Arrivals arrivals) throws IOException {
        SocketChannel connection;
        do {
            arrivals.await();
            connection = listener.accept();
        } while (connection == null);
        return connection;
    }

    private void serve(SocketChannel connection) {
        try (connection) {
            service.accept(connection);
        } catch (IOException e) {
            LOG.debug("closing a connection failed", e);
        }
    }

    /** Binds a listener to a socket path. */
    static ServerSocketChannel bind(String path) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(path), 1024);
        listener.configureBlocking(false);
        return listener;
    }
}
