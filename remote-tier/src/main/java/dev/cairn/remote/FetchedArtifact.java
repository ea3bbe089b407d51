package dev.cairn.remote;

import dev.cairn.cache.Digest;
import dev.cairn.cache.NewArtifact;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * An artifact that came from a store, complete and checked, in a directory of its own that goes when it is
 * closed. Immutable; closing it twice is harmless.
 *
 * @param outputs the main output is the last, as it was stored
 * @param bytes how many bytes were transferred for it
 * @param release what closing does
 */
public record FetchedArtifact(
        Path directory, List<Output> outputs, byte[] stdout, byte[] stderr, long bytes, Runnable release)
        implements AutoCloseable {
    /**
     * One output file.
     *
     * @param executable whether the file has execute permission; it is set on {@code file}
     * @param size in bytes
     * @param digest SHA-256 of its bytes
     * @param file where it is until the artifact is closed
     */
    public record Output(String role, boolean executable, long size, Digest digest, Path file) {}

    public FetchedArtifact {
        outputs = List.copyOf(outputs);
    }

    /** Returns it as the local cache takes it in. */
    public NewArtifact newArtifact() {
        return new NewArtifact(
                outputs.stream()
                        .<NewArtifact.NewOutput>map(output -> new NewArtifact.NewOutput.Written(
                                output.role(), output.file().toString()))
                        .toList(),
                stdout,
                stderr);
    }

    @Override
    public void close() {
        release.run();
    }

    /** Returns the same artifact, shared with others: closing it lets go of it, once. */
    FetchedArtifact sharedUntil(Runnable letGo) {
        AtomicBoolean closed = new AtomicBoolean();
        return new FetchedArtifact(directory, outputs, stdout, stderr, bytes, () -> {
            if (closed.compareAndSet(false, true)) {
                letGo.run();
            }
        });
    }

    /** Deletes a directory of files; what is left over is removed when the tier opens the next time. */
    static void delete(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory);
        } catch (IOException | UncheckedIOException e) {
            // tried again later
        }
    }
}
