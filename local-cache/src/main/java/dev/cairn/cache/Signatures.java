package dev.cairn.cache;

import java.util.Optional;

/** Asks the file system for signatures. Implementations are thread-safe. */
@FunctionalInterface
public interface Signatures {
    /**
     * Returns the signature of the file that a path leads to, symbolic links followed.
     *
     * @param path absolute
     * @return empty when there is no such file, or it cannot be asked about
     */
    Optional<FileSignature> of(String path);
}
