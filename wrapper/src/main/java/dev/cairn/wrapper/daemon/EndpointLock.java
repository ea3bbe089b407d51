package dev.cairn.wrapper.daemon;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to listen at an endpoint, and to open the cache for those who ask there; a process has it until it ends, or this is
 * no longer reachable. A launcher's start lock ends with the launcher: when that is killed, the next one starts a daemon beside the
 * one that is about to listen.
 */
final class EndpointLock {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointLock.class);
    private static final long POLL_MILLIS = 10;

    /** Keeps the lock. */
    @SuppressWarnings("unused")
    private final @Nullable FileChannel file;

    private EndpointLock(@Nullable FileChannel file) {
        this.file = file;
    }

    /**
     * Waits for the right. Who has it will listen soon, or is about to end; where neither happens in time, or the file system
     * has no locks, it is not to be had, and all go on without.
     *
     * @param path of the lock; must not be the endpoint
     * @return empty when another process listens at the endpoint
     */
    static Optional<EndpointLock> await(Path path, Path endpoint, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        try {
            FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
            while (file.tryLock() == null && System.nanoTime() < end) {
                if (answers(endpoint)) {
                    file.close();
                    return Optional.empty();
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
            return Optional.of(new EndpointLock(file));
        } catch (IOException e) {
            LOG.debug("{} can't be locked", path, e);
            return Optional.of(new EndpointLock(null));
        }
    }

    private static boolean answers(Path endpoint) {
        try (SocketChannel connection = SocketChannel.open(UnixDomainSocketAddress.of(endpoint))) {
            return connection.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
