package dev.cairn.cache;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where things are in the directory of a store. Everything in it belongs to one user: directories are 0700, files 0600,
 * whatever the umask. Thread-safe.
 */
final class StoreDirectory {
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final String DISCARDED = "discarded-";

    private final Path root;
    private final String blobPrefix;
    private final FileStore fileStore;
    private final String unique = ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime());
    private final AtomicLong temporaries = new AtomicLong();

    private StoreDirectory(Path root, FileStore fileStore) {
        this.root = root;
        this.blobPrefix = root.resolve("blobs") + "/";
        this.fileStore = fileStore;
    }

    /** Returns where the store below a cache directory is, or would be. */
    static Path root(Path cacheDirectory) {
        return cacheDirectory.toAbsolutePath().normalize().resolve("store-1");
    }

    /** Makes the directories of a store below a cache directory, as far as they are missing. */
    static StoreDirectory under(Path cacheDirectory) throws IOException {
        Path root = root(cacheDirectory);
        Files.createDirectories(root, PRIVATE_DIRECTORY);
        StoreDirectory directory = new StoreDirectory(root, Files.getFileStore(root));
        directory.createParts();
        return directory;
    }

    private void createParts() throws IOException {
        Files.createDirectories(root.resolve("blobs"), PRIVATE_DIRECTORY);
        Files.createDirectories(temporary(), PRIVATE_DIRECTORY);
        Files.createDirectories(database(), PRIVATE_DIRECTORY);
    }

    Path root() {
        return root;
    }

    Path lock() {
        return root.resolve("lock");
    }

    Path owner() {
        return root.resolve("owner");
    }

    Path database() {
        return root.resolve("db");
    }

    Path temporary() {
        return root.resolve("tmp");
    }

    /** Returns a name for a temporary file that no other thread or process uses. */
    Path newTemporary() {
        return temporary().resolve(unique + "-" + temporaries.incrementAndGet());
    }

    /** Returns the path of a blob's file, whether or not it exists. */
    String blob(Digest digest) {
        String hex = digest.hex();
        return blobPrefix + hex.substring(0, 2) + "/" + hex.substring(2);
    }

    /** Makes the directory of a blob's file. */
    void createParentOf(Path blob) throws IOException {
        try {
            Files.createDirectory(blob.resolveSibling(""), PRIVATE_DIRECTORY);
        } catch (FileAlreadyExistsException e) {
            // made before, or by another thread just now
        }
    }

    /** Returns how many bytes the file system has left for this user. */
    long usableBytes() throws IOException {
        return fileStore.getUsableSpace();
    }

    /** Visits every file below {@code blobs}, those with foreign names too. */
    void forEachBlobFile(BlobFileVisitor visitor) throws IOException {
        for (Path shard : list(root.resolve("blobs"))) {
            for (Path file : list(shard)) {
                visitor.visit(shard.getFileName().toString() + file.getFileName(), file);
            }
        }
    }

    /** Receives a blob file. */
    interface BlobFileVisitor {
        /**
         * Takes a file.
         *
         * @param hex the digest that the file is named by, when it is a blob file at all
         */
        void visit(String hex, Path file) throws IOException;
    }

    /** Moves database and blobs aside and makes new, empty ones; {@link #deleteDiscarded} removes the old ones. */
    void discardAll() throws IOException {
        discard(root.resolve("blobs"));
        discardDatabase();
    }

    /** Moves the database alone aside; blobs that are pinned stay where they are. */
    void discardDatabase() throws IOException {
        discard(database());
        createParts();
    }

    private void discard(Path part) throws IOException {
        if (Files.exists(part, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(part, root.resolve(DISCARDED + unique + "-" + temporaries.incrementAndGet()));
        }
    }

    /** Whether the database is to be discarded before it is opened. */
    boolean isMarkedForRebuild() {
        return Files.exists(rebuildMark());
    }

    /** Notes that the database is to be discarded, should this process end before it has done so. */
    void markForRebuild() throws IOException {
        Files.write(rebuildMark(), new byte[0]);
    }

    void unmarkForRebuild() throws IOException {
        Files.deleteIfExists(rebuildMark());
    }

    private Path rebuildMark() {
        return root.resolve("rebuild");
    }

    /** Deletes what was discarded, now or by an earlier process. */
    void deleteDiscarded() throws IOException {
        for (Path part : list(root)) {
            if (part.getFileName().toString().startsWith(DISCARDED)) {
                deleteTree(part);
            }
        }
    }

    /** Deletes left-over temporaries; only to be called before there can be new ones. */
    void deleteTemporaries() throws IOException {
        for (Path temporary : list(temporary())) {
            Files.deleteIfExists(temporary);
        }
    }

    /** Returns the total length of the database's files. */
    long databaseBytes() throws IOException {
        long total = 0;
        for (Path file : list(database())) {
            try {
                total += Files.size(file);
            } catch (NoSuchFileException e) {
                // compacted away meanwhile
            }
        }
        return total;
    }

    private static List<Path> list(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void deleteTree(Path tree) throws IOException {
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
