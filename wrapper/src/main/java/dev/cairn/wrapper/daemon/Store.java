package dev.cairn.wrapper.daemon;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.CacheUnavailable;
import dev.cairn.cache.FileStates;
import dev.cairn.cache.LocalCache;
import dev.cairn.cache.Records;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The local cache, opened beside the first requests and again after it could not be opened. Thread-safe. */
final class Store {
    private static final Logger LOG = LoggerFactory.getLogger(Store.class);
    private static final long PATIENCE_MILLIS = 2_000;
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Path directory;
    private final long budget;
    private final Consumer<ArtifactCache> opened;
    private volatile CompletableFuture<ArtifactCache> opening;
    private volatile long attempted;
    private volatile boolean closed;

    /**
     * Begins to open the cache.
     *
     * @param opened called once the cache is open, before anybody else gets it
     */
    Store(Path directory, long budget, Consumer<ArtifactCache> opened) {
        this.directory = directory;
        this.budget = budget;
        this.opened = opened;
        this.opening = open();
    }

    private CompletableFuture<ArtifactCache> open() {
        attempted = System.nanoTime();
        CompletableFuture<ArtifactCache> future = new CompletableFuture<>();
        Thread.ofPlatform().name("open-store").daemon(true).start(() -> {
            try {
                ArtifactCache cache = LocalCache.open(directory, budget, FileStates::signatureOf);
                opened.accept(cache);
                future.complete(cache);
            } catch (CacheUnavailable e) {
                LOG.warn("the cache can't be used: {}", e.getMessage());
                future.completeExceptionally(e);
            } catch (RuntimeException | Error e) {
                LOG.error("the cache can't be opened", e);
                future.completeExceptionally(e);
            }
        });
        return future;
    }

    /** Returns the cache; empty when it can't be used, or is not open in time. */
    Optional<ArtifactCache> cache() {
        CompletableFuture<ArtifactCache> future = opening;
        if (future.isCompletedExceptionally()) {
            retry();
            return Optional.empty();
        }
        try {
            return closed ? Optional.empty() : Optional.of(future.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
        } catch (TimeoutException | ExecutionException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private synchronized void retry() {
        if (!closed && opening.isCompletedExceptionally() && System.nanoTime() - attempted > RETRY_NANOS) {
            opening = open();
        }
    }

    /** Returns the cache if it is open now. */
    Optional<ArtifactCache> openCache() {
        CompletableFuture<ArtifactCache> future = opening;
        return !closed && future.isDone() && !future.isCompletedExceptionally()
                ? Optional.of(future.join())
                : Optional.empty();
    }

    Optional<Records> records() {
        return openCache().map(ArtifactCache::records);
    }

    /** Returns {@code opening}, {@code open} or {@code unavailable}. */
    String state() {
        CompletableFuture<ArtifactCache> future = opening;
        if (!future.isDone()) {
            return "opening";
        }
        return future.isCompletedExceptionally() ? "unavailable" : "open";
    }

    /** Returns why the cache can't be used. */
    Optional<String> error() {
        CompletableFuture<ArtifactCache> future = opening;
        return future.isCompletedExceptionally()
                ? Optional.of(String.valueOf(future.exceptionNow().getMessage()))
                : Optional.empty();
    }

    /** Closes the cache for good. */
    void close() {
        Optional<ArtifactCache> open = cache();
        closed = true;
        open.ifPresent(ArtifactCache::close);
    }
}
