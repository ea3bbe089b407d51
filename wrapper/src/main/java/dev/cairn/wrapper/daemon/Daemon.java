package dev.cairn.wrapper.daemon;

import dev.cairn.cache.ChangeFeed;
import dev.cairn.cache.FileClock;
import dev.cairn.cache.FileStates;
import dev.cairn.cache.HeldFiles;
import dev.cairn.wrapper.events.EventLog;
import dev.cairn.wrapper.events.Statistics;
import dev.cairn.wrapper.pipeline.Pipeline;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process that answers launchers; one per cache directory. This is where everything is wired. It ends when it is
 * told to, or when it was idle for long enough, and never while a connection is open.
 */
public final class Daemon {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
    private static final String OF_OUR_JAR = "simplelogger.properties";
    private static final long BEAT_SECONDS = 2;
    private static final long LONGEST_END_SECONDS = 10;

    /** After this a build is over, or waits for something else. */
    private static final Duration QUIET = Duration.ofSeconds(4);

    /** After this nobody builds. */
    private static final Duration AT_REST = Duration.ofMinutes(1);

    /** For another daemon, which is about to listen or to end. */
    private static final Duration OTHER = Duration.ofSeconds(2);

    /** For work that nobody waits for, and that goes on the next time. */
    private static final Duration SHORT = Duration.ofMillis(500);

    private final String endpoint;

    @SuppressWarnings("unused") // it is had as long as it is reachable
    private final EndpointLock lock;

    private final Store store;
    private final FileStates files;
    private final Settled settings = new Settled();
    private final Statistics statistics = new Statistics();
    private final EventLog events;
    private final Remotes remotes;
    private final Pipeline pipeline;
    private final Control control;
    private final AtomicInteger open = new AtomicInteger();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile long lastUse = System.nanoTime();
    private List<Object> socket = List.of();

    private Daemon(String directory, String endpoint, EndpointLock lock) {
        this.endpoint = endpoint;
        this.lock = lock;
        Path run = Path.of(directory, "run");
        store = new Store(Path.of(directory), settings.current().settings().budget(), cache -> {
            Leftovers.delete(run);
            statistics.load(cache.records());
        });
        files = new FileStates(store::records);
        events = new EventLog(statistics, store::records);
        FileClock clock = new FileClock(run.resolve("clock"));
        remotes = new Remotes(run, store::openCache);
        pipeline =
                new Pipeline(files, store::cache, settings::resolve, events, clock::now, remotes, Leftovers.taken(run));
        Status status = new Status(directory, endpoint, store, open::get, settings::current, remotes);
        WarmUps warmUps = new WarmUps(
                store,
                remotes,
                pipeline,
                environment -> settings.resolve(environment).settings());
        LeftUploads leftUploads = new LeftUploads(
                store, remotes, environment -> settings.resolve(environment).settings());
        control = new Control(status, store, pipeline, events, remotes, warmUps, leftUploads, stopped::countDown);
    }

    /**
     * Runs the daemon until it ends.
     *
     * @param directory absolute path of the cache directory
     * @param endpoint path of the socket
     * @return exit code: 0, also when another daemon listens already, or 1 when the socket can't be bound
     */
    public static int run(String directory, String endpoint) {
        Thread.currentThread().setName("daemon");
        if (!isInstalled()) {
            return 1;
        }
        try {
            Path path = Path.of(directory, "run", Path.of(endpoint).getFileName() + ".lock");
            Optional<EndpointLock> lock = EndpointLock.await(path, Path.of(endpoint), OTHER);
            if (lock.isEmpty()) {
                LOG.info("another daemon listens on {}", endpoint);
                return 0;
            }
            return new Daemon(directory, endpoint, lock.get()).run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        } catch (IOException e) {
            LOG.error("can't listen on {}: {}", endpoint, e.toString());
            return 1;
        }
    }

    /** From its AOT cache the JVM would run without any jar, until it needs the first class that is not in it; the logger needs some. */
    private static boolean isInstalled() {
        boolean there = ClassLoader.getSystemResource(OF_OUR_JAR) != null;
        if (!there) {
            System.err.println(
                    "cairn: can't read " + System.getProperty("java.class.path") + "; is Cairn installed completely?");
        }
        return there;
    }

    private int run() throws IOException {
        ServerSocketChannel listener = listen();
        Server server = Server.start(listener, this::serve);
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "end"));
        try {
            waitForEnd();
        } catch (InterruptedException e) {
            LOG.info("interrupted");
        }
        server.stop();
        removeSocket();
        waitForConnections();
        return 0;
    }

    /** A socket of a daemon that was killed is in the way; the lock keeps others from doing the same. */
    private ServerSocketChannel listen() throws IOException {
        Files.deleteIfExists(Path.of(endpoint));
        ServerSocketChannel listener = Server.bind(endpoint);
        socket = socket();
        return listener;
    }

    /** Tells the socket file from one that another daemon made in its place after it was removed; inodes come again. */
    private List<Object> socket() throws IOException {
        BasicFileAttributes now = Files.readAttributes(Path.of(endpoint), BasicFileAttributes.class);
        return List.of(now.fileKey(), now.lastModifiedTime());
    }

    private boolean socketIsOurs() {
        try {
            return socket().equals(socket);
        } catch (IOException e) {
            return false;
        }
    }

    private void serve(SocketChannel connection) {
        open.incrementAndGet();
        lastUse = System.nanoTime();
        try {
            if (Peer.isSelf(connection)) {
                new Connection(connection, pipeline, control).serve();
            } else {
                LOG.warn("refused a connection of another user");
            }
        } finally {
            // After the answer: the first one must not wait for the feed to be opened.
            ChangeFeed.use(settings.current().settings().changeFeed());
            lastUse = System.nanoTime();
            open.decrementAndGet();
        }
    }

    private void waitForEnd() throws InterruptedException {
        while (!stopped.await(BEAT_SECONDS, TimeUnit.SECONDS)) {
            beat();
            if (isIdleFor(QUIET)) {
                keep();
            }
            letGo();
            if (pipeline.hasRecordToLeave()) {
                pipeline.leaveRecords(false);
            }
            Duration limit = settings.current().settings().idleTimeout();
            if (!limit.isZero() && isIdleFor(limit)) {
                LOG.info("idle for {}, ending", limit);
                return;
            }
            if (!socketIsOurs()) {
                LOG.info("the socket is gone, ending");
                return;
            }
        }
    }

    /** What the next daemon would have to look up again; it can. */
    private void keep() {
        try {
            pipeline.keep(SHORT);
        } catch (RuntimeException e) {
            LOG.error("answers can't be kept", e);
        }
    }

    /** Of what is held open of others' files, what nobody can use any more, and when nobody builds all of it. */
    private void letGo() {
        if (isIdleFor(AT_REST)) {
            HeldFiles.release();
        } else {
            HeldFiles.tidy();
        }
    }

    private boolean isIdleFor(Duration limit) {
        return open.get() == 0 && System.nanoTime() - lastUse > limit.toNanos();
    }

    /** Writes what was learnt, so that a kill loses little. */
    private void beat() {
        store.openCache().ifPresent(cache -> {
            files.save();
            statistics.save(cache.records());
        });
    }

    private void waitForConnections() {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_END_SECONDS);
        while (open.get() > 0 && System.nanoTime() < limit) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private void removeSocket() {
        if (!socketIsOurs()) {
            return;
        }
        try {
            Files.deleteIfExists(Path.of(endpoint));
        } catch (IOException e) {
            LOG.debug("the socket can't be removed", e);
        }
    }

    private void end() {
        pipeline.close();
        keep();
        beat();
        remotes.close();
        store.close();
    }
}
