package dev.cairn.remote;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What a store answered to one who asked for its own sake, without a cache. Immutable; holds no secret.
 *
 * @param url the store, without credentials
 * @param mode what was asked: to read, to write, or both
 * @param time that all questions took
 * @param fault what went wrong, if anything
 * @param capabilities what the store can do, if this machine writes
 */
public record StoreReport(
        String url,
        RemoteMode mode,
        Duration time,
        Optional<StoreException> fault,
        Optional<Capabilities> capabilities) {
    private static final int TRIES = 3;

    /**
     * Asks whether there is an object; where this machine writes, it also writes one, reads it back, and finds out what
     * the store can do. All of that happens to one fixed object inside the prefix.
     *
     * @param limit of all questions together
     */
    public static StoreReport of(RemoteSettings settings, Duration limit) {
        long start = System.nanoTime();
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        Optional<StoreException> fault = Optional.empty();
        Optional<Capabilities> capabilities = Optional.empty();
        try {
            capabilities = executor.submit(() -> ask(settings)).get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            fault = Optional.of(StoreException.of(e.getCause() == null ? e : e.getCause()));
        } catch (TimeoutException e) {
            String line = "no answer within " + limit.toMillis() + " ms";
            fault = Optional.of(new StoreException(Failure.TIMEOUT, line));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fault = Optional.of(new StoreException(Failure.TIMEOUT, "interrupted"));
        } finally {
            executor.shutdownNow();
        }
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        return new StoreReport(settings.url().toString(), settings.mode(), time, fault, capabilities);
    }

    private static Optional<Capabilities> ask(RemoteSettings settings) throws IOException {
        try (ObjectStore store = ObjectStores.open(
                settings.url(),
                settings.credentials(),
                settings.variables(),
                settings.tuning().limits())) {
            if (settings.mode().reads()) {
                for (Layout layout : settings.readLayouts()) {
                    store.head(layout.probe());
                }
            }
            if (!settings.mode().writes()) {
                return Optional.empty();
            }
            String key = settings.writeLayout().probe();
            try {
                write(store, key, settings.mode().reads());
            } catch (StoreException e) {
                throw new StoreException(e.failure(), "writing fails: " + e.line(), e.retryAfter(), Optional.of(e));
            }
            return Optional.of(CapabilityProbe.of(store, key));
        }
    }

    /** Tries more than once, as another machine may write there at the same time. */
    private static void write(ObjectStore store, String key, boolean readBack) throws IOException {
        for (int i = 0; i < TRIES; i++) {
            byte[] written = ("probe " + UUID.randomUUID() + "\n").getBytes(StandardCharsets.US_ASCII);
            store.put(key, Content.of(written));
            if (!readBack || isThere(store, key, written)) {
                return;
            }
        }
        throw new StoreException(Failure.DAMAGED, "what is read is not what was written");
    }

    private static boolean isThere(ObjectStore store, String key, byte[] written) throws IOException {
        Optional<InputStream> found = store.content(key);
        if (found.isEmpty()) {
            return false;
        }
        try (InputStream content = found.get()) {
            return Arrays.equals(written, content.readNBytes(written.length + 1));
        }
    }

    /** Returns one line for people. */
    public String line() {
        return url + ": " + fault.map(StoreException::line).orElseGet(this::success);
    }

    private String success() {
        String done = mode.reads() ? mode.writes() ? "read and written" : "read" : "written";
        return "can be " + done + ", asked in " + time.toMillis() + " ms"
                + capabilities.map(known -> "; " + known).orElse("");
    }
}
