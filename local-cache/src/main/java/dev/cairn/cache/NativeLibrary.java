package dev.cairn.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * Loads the native part of RocksDB: from the directory that the system property {@code cairn.native} names, where the
 * distribution has it unpacked under its name in the jar, else from the jar, which costs an extraction at each start.
 */
final class NativeLibrary {
    private NativeLibrary() {}

    /** Loads the library; later calls do nothing. */
    static void load() throws CacheUnavailable {
        String directory = System.getProperty("cairn.native", "");
        try {
            if (directory.isEmpty()) {
                RocksDB.loadLibrary();
            } else {
                load(Path.of(directory).toAbsolutePath());
            }
        } catch (IOException | LinkageError | RuntimeException e) {
            String place = directory.isEmpty() ? "the jar" : directory;
            throw new CacheUnavailable(
                    CacheUnavailable.Cause.NO_NATIVE_LIBRARY,
                    "cannot load the native library of RocksDB from " + place + ": " + e.getMessage(),
                    e);
        }
    }

    /**
     * {@link RocksDB#loadLibrary(List)} looks for {@code librocksdbjnijni-linux64.so}, with "jni" twice, while the jar
     * has {@code librocksdbjni-linux64.so}; so it is shown a link of the name that it wants.
     */
    private static void load(Path directory) throws IOException {
        Path library = directory.resolve(Environment.getJniLibraryFileName("rocksdb"));
        Path shown = Files.createTempDirectory("cairn-native");
        Path link = shown.resolve(Environment.getJniLibraryFileName("rocksdbjni"));
        try {
            Files.createSymbolicLink(link, library);
            RocksDB.loadLibrary(List.of(shown.toString()));
        } finally {
            Files.deleteIfExists(link);
            Files.deleteIfExists(shown);
        }
    }
}
