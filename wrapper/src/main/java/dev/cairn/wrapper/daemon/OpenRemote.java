package dev.cairn.wrapper.daemon;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.remote.HttpCredentials;
import dev.cairn.remote.RemoteSettings;
import dev.cairn.remote.RemoteTier;
import dev.cairn.remote.RemoteTuning;
import dev.cairn.remote.SigningKey;
import dev.cairn.remote.TrustedKey;
import dev.cairn.wrapper.config.RemoteOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

    private static final Duration CHECK = Duration.ofSeconds(20);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LARGEST_KEY_FILE = 64 << 10;

    private final Remotes.Use use;
    private final long since = System.nanoTime();
    private final CompletableFuture<RemoteTier> tier = new CompletableFuture<>();
    private final CompletableFuture<Boolean> asked = new CompletableFuture<>();

    OpenRemote(Remotes.Use use, Path temporary, ArtifactCache cache) {
        this.use = use;
        Thread.ofPlatform().daemon(true).name("open-remote").start(() -> open(temporary, cache));
    }

    private void open(Path temporary, ArtifactCache cache) {
        try {
            RemoteTier opened = RemoteTier.open(settings(temporary), cache);
            if (!tier.complete(opened)) {
                opened.close();
                return;
            }
            opened.check(CHECK).ifPresent(fault -> LOG.warn("remote {}: {}", address(), fault));
        } catch (IOException | RuntimeException | LinkageError e) {
            tier.completeExceptionally(e);
            LOG.warn("remote {}: cannot be used: {}", address(), fault().orElse(""));
        } finally {
            asked.complete(true);
        }
    }

    private RemoteSettings settings(Path temporary) throws IOException {
        RemoteOptions options = use.options();
        List<TrustedKey> trusted = new ArrayList<>();
        for (String key : options.keys()) {
            if (key.startsWith("/")) {
                lines(key).forEach(line -> trusted.add(TrustedKey.parse(line)));
            } else {
                trusted.add(TrustedKey.parse(key));
            }
        }
        if (trusted.isEmpty() && !options.keys().isEmpty()) {
            throw new IOException("no key in " + options.keys());
        }
        Optional<SigningKey> signer = Optional.empty();
        if (options.signingKeyFile().isPresent()) {
            signer = Optional.of(SigningKey.parse(only(options.signingKeyFile().get())));
        }
        Optional<String> token = Optional.empty();
        if (options.tokenFile().isPresent()) {
            token = Optional.of(only(options.tokenFile().get()));
        }
        return new RemoteSettings(
                options.url().orElseThrow(),
                new HttpCredentials(token, Optional.empty(), Optional.empty(), Optional.empty()),
                use.variables(),
                options.mode(),
                options.namespace(),
                options.scope(),
                options.effectiveReadScopes(),
                signer,
                trusted,
                temporary,
                RemoteTuning.DEFAULT.withBytesPerSecond(options.uploadLimit()).withWaitPerBuild(PATIENCE));
    }

    private static String only(String file) throws IOException {
        List<String> lines = lines(file);
        if (lines.size() != 1) {
            throw new IOException(file + " must hold one line");
        }
        return lines.getFirst();
    }

    /** Returns the lines that are neither empty nor a comment. */
    private static List<String> lines(String file) throws IOException {
        Path path = Path.of(file);
        if (!Files.isRegularFile(path) || Files.size(path) > LARGEST_KEY_FILE) {
            throw new IOException(file + " is not a small regular file");
        }
        return Files.readString(path, StandardCharsets.ISO_8859_1)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }

    /** Whether it works, may yet, or failed so recently that it would fail again. */
    boolean isFit() {
        return !tier.isCompletedExceptionally() || System.nanoTime() - since < RETRY_NANOS;
    }

    /** Returns the tier once it was asked something, or the time to wait for that is over; empty when it can't be used. */
    Optional<RemoteTier> awaitTier() {
        long left = since + PATIENCE.toNanos() - System.nanoTime();
        if (!asked.isDone() && left > 0) {
            try {
                asked.get(left, TimeUnit.NANOSECONDS);
            } catch (TimeoutException | ExecutionException e) {
                LOG.debug("remote {} did not answer in time", address());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return tier();
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
        if (!tier.completeExceptionally(new IOException("closed"))) {
            tier().ifPresent(RemoteTier::close);
        }
    }
}
