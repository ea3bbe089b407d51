package dev.cairn.remote;

import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks a store something harmless before anything depends on it. Each answer is a line on what is wrong, or empty. Thread-safe. */
final class Reachability {
    private final StoreConnection connection;
    private final ExecutorService executor;

    Reachability(StoreConnection connection, ExecutorService executor) {
        this.connection = connection;
        this.executor = executor;
    }

    /** Whether the store answers. What the first answer needs is loaded meanwhile. */
    Optional<String> ofReading(Duration limit, Layout layout) {
        return answered(limit, () -> {
            Future<?> rehearsal = executor.submit(Reachability::rehearse);
            connection.ask(store -> store.head(layout.probe()));
            return rehearsal.get();
        });
    }

    /** What the store can do; takes several requests, one after the other. */
    Optional<String> ofWriting(Duration limit) {
        return answered(limit, connection::capabilities);
    }

    private Optional<String> answered(Duration limit, Callable<?> question) {
        Future<?> answer = executor.submit(question);
        try {
            answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.of(
                    StoreException.of(e.getCause() == null ? e : e.getCause()).line());
        } catch (TimeoutException e) {
            answer.cancel(true);
            return Optional.of("no answer within " + limit.toMillis() + " ms");
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    /** Loads what the first answer needs, the native library above all, before anybody waits for that. */
    private static SessionRecord rehearse() throws IOException {
        Digest nobody = Hasher.of("rehearsal").finish();
        byte[] record = SessionRecord.none(nobody).encode("", Optional.empty());
        return SessionRecord.decode(nobody, "", new Trust(List.of()), record);
    }
}
