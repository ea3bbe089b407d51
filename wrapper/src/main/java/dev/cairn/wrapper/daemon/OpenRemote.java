package dev.cairn.wrapper.daemon;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.remote.RemoteSettings;
import dev.cairn.remote.RemoteTier;
import dev.cairn.wrapper.config.RemoteFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One remote tier, opened and asked for the first time in the background. For a short time from then on requests wait for
 * that, so that the first compilations of a build on a new machine find what is there. Thread-safe.
 */
final class OpenRemote implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenRemote.class);

    /** With what a build waits for answers that do not come, three seconds in all. */
    private static final Duration PATIENCE = Duration.ofMillis(1500);

    /** Of loading classes and reading files, on a machine that has other things to do. */
    private static final Duration LONGEST_OPENING = Duration.ofSeconds(60);

    private static final Duration CHECK = Duration.ofSeconds(20);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Remotes.Use use;
    private final long since = System.nanoTime();
    private final CompletableFuture<RemoteTier> tier = new CompletableFuture<>();
    private final CompletableFuture<Boolean> asked = new CompletableFuture<>();
    private volatile boolean closed;

    /** Opens a tier; takes as long as this machine takes to load classes and to read files. */
    @FunctionalInterface
    interface Opening {
        RemoteTier open() throws IOException;
    }

    OpenRemote(Remotes.Use use, Path temporary, ArtifactCache cache) {
        this(use, () -> RemoteTier.open(settings(use, temporary), cache));
    }

    OpenRemote(Remotes.Use use, Opening opening) {
        this.use = use;
        Thread.ofPlatform().daemon(true).name("open-remote").start(() -> open(opening));
    }

    private void open(Opening opening) {
        try {
            RemoteTier opened = opening.open();
            if (!tier.complete(opened)) {
                opened.close();
                return;
            }
            Optional<String> fault = opened.check(CHECK);
            asked.complete(true); // nobody who reads waits for what only writing needs to know
            fault.or(() -> opened.checkWriting(CHECK)).ifPresent(this::tell);
        } catch (IOException | RuntimeException | LinkageError e) {
            tier.completeExceptionally(e);
            tell("cannot be used: " + fault().orElse(""));
        } finally {
            asked.complete(true);
        }
    }

    /** What is wrong with a store, unless it was only interrupted. */
    private void tell(String line) {
        if (!closed) {
            LOG.warn("remote {}: {}", address(), line);
        }
    }

    private static RemoteSettings settings(Remotes.Use use, Path temporary) throws IOException {
        RemoteSettings settings = RemoteFiles.settings(use.options(), use.variables(), temporary);
        return settings.withTuning(settings.tuning().withWaitPerBuild(PATIENCE));
    }

    /** Whether it works, may yet, or failed so recently that it would fail again. */
    boolean isFit() {
        return !tier.isCompletedExceptionally() || System.nanoTime() - since < RETRY_NANOS;
    }

    /** Returns the tier once it was asked something, or the time to wait for that is over; empty when it can't be used. */
    Optional<RemoteTier> awaitTier() {
        await(asked, PATIENCE);
        return tier();
    }

    /** Returns the tier once it is open, without waiting for the store; empty when it can't be used. */
    Optional<RemoteTier> awaitOpen() {
        await(tier, LONGEST_OPENING);
        return tier();
    }

    private void await(CompletableFuture<?> event, Duration sinceOpening) {
        long left = since + sinceOpening.toNanos() - System.nanoTime();
        if (!event.isDone() && left > 0) {
            try {
                event.get(left, TimeUnit.NANOSECONDS);
            } catch (TimeoutException | ExecutionException e) {
                LOG.debug("remote {} was not there in time", address());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Returns the tier if it is open. */
    Optional<RemoteTier> tier() {
        return tier.isDone() && !tier.isCompletedExceptionally() ? Optional.of(tier.join()) : Optional.empty();
    }

    /** Returns the address without anything secret. */
    String address() {
        return use.options().url().map(Object::toString).orElse("");
    }

    /** Returns why it can't be used, in one line. */
    Optional<String> fault() {
        if (!tier.isCompletedExceptionally()) {
            return Optional.empty();
        }
        Throwable cause = tier.exceptionNow();
        boolean says = cause instanceof IllegalArgumentException || cause.getClass() == IOException.class;
        return Optional.of(says ? String.valueOf(cause.getMessage()) : cause.toString());
    }

    @Override
    public void close() {
        closed = true;
        if (!tier.completeExceptionally(new IOException("closed"))) {
            tier().ifPresent(RemoteTier::close);
        }
    }
}
