package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Digest;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in results beside the build, which goes on meanwhile. Who asks for what is being taken in waits for it. When there is
 * more than can be taken in, the build waits. Thread-safe.
 */
final class Intake implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
    static final int THREADS = 2;
    private static final int QUEUE = 64;
    private static final long LONGEST_WAIT_SECONDS = 5;
    private static final long LONGEST_END_SECONDS = 10;

    private final ThreadPoolExecutor workers = new ThreadPoolExecutor(
            THREADS,
            THREADS,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(QUEUE),
            Thread.ofPlatform().daemon().name("intake-", 0).factory(),
            new ThreadPoolExecutor.CallerRunsPolicy());
    private final Map<Digest, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();

    Intake() {
        workers.allowCoreThreadTimeOut(true);
    }

    /** Has work done that will store results of these contexts. */
    void submit(Collection<Digest> contexts, Runnable work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        List<Digest> keys = List.copyOf(contexts);
        keys.forEach(key -> underWay.put(key, done));
        workers.execute(() -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.error("a result could not be taken in", e);
            } finally {
                keys.forEach(key -> underWay.remove(key, done));
                done.complete(null);
            }
        });
    }

    /** Waits until nothing of a context is being taken in, but not for ever. */
    void await(Digest context) {
        CompletableFuture<Void> done = underWay.get(context);
        if (done == null) {
            return;
        }
        try {
            done.get(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("not waited for", e);
        }
    }

    /** Waits until everything submitted before has been taken in, but not for ever. */
    void settle() {
        List.copyOf(underWay.keySet()).forEach(this::await);
    }

    /** Ends when everything submitted has been taken in, or after a while. */
    @Override
    public void close() {
        workers.shutdown();
        try {
            if (!workers.awaitTermination(LONGEST_END_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn(
                        "{} results were not taken in before the end",
                        workers.getQueue().size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
