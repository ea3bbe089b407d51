package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ArrivalsTest {
    private static final int WAITING = 3;
    private static final String NAME = "arrivals-test";

    @TempDir
    Path temporary;

    private final Semaphore told = new Semaphore(0);
    private UnixDomainSocketAddress address;
    private ServerSocketChannel listener;

    @BeforeEach
    void listen() throws IOException {
        address = UnixDomainSocketAddress.of(temporary.resolve("socket"));
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
        listener.configureBlocking(false);
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
    }

    @Test
    void aConnectionWakesOneOfThoseThatWait() throws IOException, InterruptedException {
        List<Thread> waiting = startWaiting();
        for (int connections = 1; connections <= WAITING; connections++) {
            SocketChannel client = SocketChannel.open(address);
            assertThat(told.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
            assertThat(told.tryAcquire(100, TimeUnit.MILLISECONDS)).isFalse();
            client.close();
            listener.accept().close();
        }
        join(waiting);
    }

    @Test
    void aConnectionThatNobodyTookIsToldToWhoeverWaitsNext() throws IOException {
        try (SocketChannel client = SocketChannel.open(address);
                Arrivals first = Arrivals.at(listener);
                Arrivals next = Arrivals.at(listener)) {
            first.await();
            first.await();
            next.await();
            try (SocketChannel accepted = listener.accept()) {
                assertThat(accepted).isNotNull();
                assertThat(client.isConnected()).isTrue();
            }
        }
    }

    @Test
    void allReturnAtTheEndAndNobodyConnectsAnyMore() throws IOException, InterruptedException {
        List<Thread> waiting = startWaiting();
        Arrivals.end(listener);
        assertThat(told.tryAcquire(WAITING, 30, TimeUnit.SECONDS)).isTrue();
        join(waiting);
        try (Arrivals late = Arrivals.at(listener)) {
            late.await();
        }
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> SocketChannel.open(address));
    }

    private List<Thread> startWaiting() throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(WAITING);
        List<Thread> waiting = new ArrayList<>();
        for (int i = 0; i < WAITING; i++) {
            waiting.add(Thread.ofPlatform().name(NAME).daemon(true).start(() -> await(ready)));
        }
        ready.await();
        // Whoever only comes to wait finds a connection there that another was woken for.
        Awaitility.await().until(() -> countSleeping() == WAITING);
        return waiting;
    }

    /** Returns how many of the threads sleep in the kernel. */
    private static long countSleeping() throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.filter(ArrivalsTest::sleeps).count();
        }
    }

    private static boolean sleeps(Path task) {
        try {
            return Files.readString(task.resolve("stat")).contains("(" + NAME + ") S");
        } catch (IOException e) {
            return false; // it has ended
        }
    }

    private void await(CountDownLatch ready) {
        try (Arrivals arrivals = Arrivals.at(listener)) {
            ready.countDown();
            arrivals.await();
            told.release();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
