package dev.cairn.cache;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The files that compilations read, one {@link WatchedFile} per path, with what is known of them kept over restarts. Thread-safe. */
public final class FileStates {
    private static final long MAXIMUM_FILES = 60_000;
    private static final int BUFFER = 1 << 16;
    private static final ThreadLocal<byte[]> BUFFERS = ThreadLocal.withInitial(() -> new byte[BUFFER]);

    private final LoadingCache<String, WatchedFile> files = Caffeine.newBuilder()
            .executor(Runnable::run)
            .maximumSize(MAXIMUM_FILES)
            .build(path -> new WatchedFile(path, this));
    private final Map<String, FileState> unsaved = new ConcurrentHashMap<>();
    private final Supplier<Optional<Records>> records;

    /**
     * Makes an empty set.
     *
     * @param records where states are kept over restarts, when there is such a place (yet)
     */
    public FileStates(Supplier<Optional<Records>> records) {
        this.records = records;
    }

    /** Returns the file at an absolute path, one char per byte. Asking for a path does not touch the file. */
    public WatchedFile at(String absolutePath) {
        return files.get(absolutePath);
    }

    /** Returns the current signature of any file, following links. */
    public static Optional<FileSignature> signatureOf(String absolutePath) {
        return Statx.signature(absolutePath);
    }

    /** Writes what was learnt since the last call to the durable records. */
    public void save() {
        Optional<Records> target = records.get();
        if (target.isEmpty() || unsaved.isEmpty()) {
            return;
        }
        List<Records.Entry> batch = new ArrayList<>();
        for (String path : List.copyOf(unsaved.keySet())) {
            FileState state = unsaved.remove(path);
            if (state != null) {
                batch.add(new Records.Entry(key(path), state.encode()));
            }
        }
        target.get().putAll(Records.Kind.FILE_STATE, batch);
    }

    Optional<FileState> recall(String path) {
        return records.get()
                .flatMap(r -> r.get(Records.Kind.FILE_STATE, key(path)))
                .flatMap(FileState::decode);
    }

    void remember(String path, FileState state) {
        if (state.trusted()) {
            unsaved.put(path, state);
        }
    }

    /** Whether two paths lead to one file now. */
    public boolean isSameFile(String one, String other) {
        Optional<FileSignature> a = at(one).signature();
        Optional<FileSignature> b = at(other).signature();
        return a.isPresent() && b.isPresent() && a.get().isOfSameFile(b.get());
    }

    /** Reads and digests a file whose signature was just taken. */
    Optional<FileState> read(String path, FileSignature signature) {
        boolean trusted = signature.isSettledBefore(CoarseClock.now());
        MessageDigest sha256 = Hasher.sha256();
        byte[] buffer = BUFFERS.get();
        try (InputStream in = Files.newInputStream(Path.of(path))) {
            long total = 0;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                sha256.update(buffer, 0, n);
                total += n;
            }
            return total == signature.size()
                    ? Optional.of(new FileState(signature, Digest.read(sha256.digest(), 0), trusted))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static byte[] key(String path) {
        return path.getBytes(StandardCharsets.ISO_8859_1);
    }
}
