package dev.cairn.cache;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when a blob's file may be deleted: when nobody has it pinned and no artifact refers to it. Both are looked at
 * and acted on in one atomic step per blob, so whoever pins first and looks for the file afterwards can rely on what he
 * sees. A store pins a blob before its file is in place and until its artifact is recorded. Thread-safe.
 */
final class Pins {
    private static final Logger LOG = LoggerFactory.getLogger(Pins.class);
    private static final Pattern BLOB_NAME = Pattern.compile("[0-9a-f]{64}");

    private final StoreDirectory directory;
    private final Predicate<Digest> referenced;
    private final ConcurrentMap<Digest, Pinned> pinned = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    /**
     * A pinned blob.
     *
     * @param unwanted whether someone wanted it deleted meanwhile
     * @param placed the signature of its file, when it was put in place under this pin
     */
    private record Pinned(int count, boolean unwanted, Optional<FileSignature> placed) {
        Pinned plus(int more) {
            return new Pinned(count + more, unwanted, placed);
        }
    }

    /** @param referenced whether a recorded artifact refers to a blob */
    Pins(StoreDirectory directory, Predicate<Digest> referenced) {
        this.directory = directory;
        this.referenced = referenced;
    }

    void pin(Digest blob) {
        pinned.compute(blob, (key, held) -> held == null ? new Pinned(1, false, Optional.empty()) : held.plus(1));
    }

    void unpin(Digest blob) {
        pinned.compute(blob, (key, held) -> {
            if (held == null) {
                throw new IllegalStateException("not pinned: " + key);
            }
            if (held.count() > 1) {
                return held.plus(-1);
            }
            if (held.unwanted()) {
                deleteUnlessReferenced(key);
            }
            return null;
        });
    }

    /** Deletes a blob's file if nothing refers to it, now or when its last pin goes. */
    void collect(Digest blob) {
        pinned.compute(blob, (key, held) -> {
            if (held != null) {
                return new Pinned(held.count(), true, held.placed());
            }
            deleteUnlessReferenced(key);
            return null;
        });
    }

    /** Deletes every blob file that nothing refers to: what a killed process left, or what was cleared. */
    void collectAll() throws IOException {
        directory.forEachBlobFile((hex, file) -> {
            if (BLOB_NAME.matcher(hex).matches()) {
                collect(Digest.parse(hex));
            } else {
                LOG.debug("not a blob: {}", file);
            }
        });
    }

    /** Puts a blob's file in place. */
    interface Placement {
        /**
         * Makes sure that the file is in place.
         *
         * @param placed the signature of the file as another store has just put it in place
         * @return the signature of the file that is in place now
         */
        FileSignature place(Optional<FileSignature> placed) throws IOException;
    }

    /** Puts the file of a pinned blob in place; several stores of one blob do so one after the other. */
    FileSignature place(Digest blob, Placement placement) throws IOException {
        try {
            Pinned after = pinned.computeIfPresent(blob, (key, held) -> placed(held, placement));
            return requirePinned(blob, after).placed().orElseThrow();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static Pinned placed(Pinned held, Placement placement) {
        try {
            return new Pinned(held.count(), held.unwanted(), Optional.of(placement.place(held.placed())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Pinned requirePinned(Digest blob, @Nullable Pinned held) {
        if (held == null) {
            throw new IllegalStateException("not pinned: " + blob);
        }
        return held;
    }

    /** From now on no file is deleted: the store is closing, and what is left over is found at the next opening. */
    void stop() {
        stopped = true;
    }

    private void deleteUnlessReferenced(Digest blob) {
        if (stopped || referenced.test(blob)) {
            return;
        }
        try {
            Files.deleteIfExists(Path.of(directory.blob(blob)));
        } catch (IOException e) {
            LOG.warn("cannot delete blob {}: {}", blob, e.toString());
        }
    }
}
