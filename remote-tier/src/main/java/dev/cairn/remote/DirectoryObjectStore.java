package dev.cairn.remote;

import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Objects as files of a directory that several processes, users and machines may share ({@code file:///shared/dir}). An
 * object is written to a temporary file and linked to its name, which fails if the name is taken; where the file system
 * has no links, and for replacing and deleting, a lock file decides. The entity tag is the SHA-256 of the content.
 *
 * <p>Files and directories get the mode that the process's umask leaves of 0666 and 0777. For a directory that several
 * users write to, give it a common group and the setgid bit and run every writer with umask 002. Machines that share it
 * over a network need a file system on which locks and links work across machines (NFS 4 does). Thread-safe.
 */
public final class DirectoryObjectStore implements ObjectStore {
    private static final Duration ABANDONED = Duration.ofDays(1);
    private static final String TEMPORARIES = ".tmp";
    private static final String LOCKS = ".locks";
    private static final int BUFFER = 64 << 10;

    private final Path root;
    private final Path temporaries;
    private final Path locks;

    /** Whether the file system can link; all writers must go the same way, or two of them could win. */
    private final boolean links;

    private DirectoryObjectStore(Path root, boolean links) {
        this.root = root;
        this.temporaries = root.resolve(TEMPORARIES);
        this.locks = root.resolve(LOCKS);
        this.links = links;
    }

    /**
     * Opens the store in a directory, and makes it when it is missing.
     *
     * @throws IOException when it cannot be made or written
     */
    public static DirectoryObjectStore open(Path directory) throws IOException {
        Path root = directory.toAbsolutePath().normalize();
        Files.createDirectories(root.resolve(LOCKS));
        boolean links = canLink(Files.createDirectories(root.resolve(TEMPORARIES)));
        DirectoryObjectStore store = new DirectoryObjectStore(root, links);
        store.deleteAbandonedTemporaries();
        return store;
    }

    private static boolean canLink(Path directory) throws IOException {
        Path probe = Files.createFile(directory.resolve(UUID.randomUUID().toString()));
        Path link = directory.resolve(UUID.randomUUID().toString());
        try {
            Files.createLink(link, probe);
            return true;
        } catch (UnsupportedOperationException | IOException e) {
            return false;
        } finally {
            Files.deleteIfExists(link);
            Files.deleteIfExists(probe);
        }
    }

    @Override
    public Optional<StoredObject> get(String key) throws IOException {
        Optional<FileChannel> opened = openObject(key);
        if (opened.isEmpty()) {
            return Optional.empty();
        }
        FileChannel channel = opened.get();
        boolean done = false;
        try {
            ObjectInfo info = info(key, channel);
            channel.position(0);
            done = true;
            return Optional.of(new StoredObject(info, Channels.newInputStream(channel)));
        } finally {
            if (!done) {
                channel.close();
            }
        }
    }

    @Override
    public Optional<InputStream> content(String key) throws IOException {
        return openObject(key).map(Channels::newInputStream);
    }

    @Override
    public Optional<ObjectInfo> head(String key) throws IOException {
        Optional<FileChannel> opened = openObject(key);
        if (opened.isEmpty()) {
            return Optional.empty();
        }
        try (FileChannel channel = opened.get()) {
            return Optional.of(info(key, channel));
        }
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(Capabilities.Support.YES, true);
    }

    @Override
    public PutResult.Stored put(String key, Content content) throws IOException {
        Path object = pathOf(key);
        try (Temporary temporary = write(content);
                KeyLock lock = KeyLock.take(locks, key)) {
            lock.requireHeld();
            Files.createDirectories(object.resolveSibling(""));
            Files.move(temporary.file(), object, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return new PutResult.Stored(temporary.etag());
        }
    }

    @Override
    public PutResult putIfAbsent(String key, Content content) throws IOException {
        Path object = pathOf(key);
        if (Files.exists(object)) {
            return new PutResult.AlreadyPresent();
        }
        try (Temporary temporary = write(content)) {
            Files.createDirectories(object.resolveSibling(""));
            return link(temporary, object) ? new PutResult.Stored(temporary.etag()) : new PutResult.AlreadyPresent();
        }
    }

    @Override
    public PutResult putIfMatch(String key, Content content, String etag) throws IOException {
        Path object = pathOf(key);
        try (Temporary temporary = write(content);
                KeyLock lock = KeyLock.take(locks, key)) {
            lock.requireHeld();
            if (head(key).filter(present -> present.etag().equals(etag)).isEmpty()) {
                return new PutResult.Conflict();
            }
            Files.move(temporary.file(), object, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return new PutResult.Stored(temporary.etag());
        }
    }

    @Override
    public void list(String prefix, Visitor visitor) throws IOException {
        String checked = ObjectKeys.requirePrefix(prefix);
        Path start = root.resolve(checked.substring(0, checked.lastIndexOf('/') + 1));
        if (Files.isDirectory(start)) {
            Files.walkFileTree(start, new Listing(checked, visitor));
        }
    }

    @Override
    public boolean delete(String key) throws IOException {
        Path object = pathOf(key);
        try (KeyLock lock = KeyLock.take(locks, key)) {
            lock.requireHeld();
            return Files.isRegularFile(object) && Files.deleteIfExists(object);
        }
    }

    /** Does nothing: nothing stays open between calls. */
    @Override
    public void close() {}

    private Path pathOf(String key) {
        return root.resolve(ObjectKeys.requireKey(key));
    }

    private Optional<FileChannel> openObject(String key) throws IOException {
        Path object = pathOf(key);
        if (!Files.isRegularFile(object)) {
            return Optional.empty();
        }
        try {
            return Optional.of(FileChannel.open(object, StandardOpenOption.READ));
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Optional.empty();
        }
    }

    private static ObjectInfo info(String key, FileChannel object) throws IOException {
        MessageDigest sha256 = Hasher.sha256();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        long size = 0;
        while (object.read(buffer) >= 0) {
            size += buffer.position();
            sha256.update(buffer.flip());
            buffer.clear();
        }
        return new ObjectInfo(key, size, hex(sha256));
    }

    private static String hex(MessageDigest sha256) {
        return Digest.read(sha256.digest(), 0).hex();
    }

    /** A complete object under a name of its own, removed when closed. */
    private record Temporary(Path file, String etag) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            Files.deleteIfExists(file);
        }
    }

    private Temporary write(Content content) throws IOException {
        Path file = temporaries.resolve(UUID.randomUUID().toString());
        boolean done = false;
        try (InputStream in = content.open();
                FileChannel out =
                        FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
            MessageDigest sha256 = Hasher.sha256();
            byte[] buffer = new byte[BUFFER];
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                sha256.update(buffer, 0, length);
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, length);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
            }
            out.force(false);
            done = true;
            return new Temporary(file, hex(sha256));
        } finally {
            if (!done) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Gives a temporary file its object's name and says whether that was free. */
    private boolean link(Temporary temporary, Path object) throws IOException {
        if (!links) {
            return moveUnderLock(temporary, object);
        }
        try {
            Files.createLink(object, temporary.file());
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    private boolean moveUnderLock(Temporary temporary, Path object) throws IOException {
        try (KeyLock lock = KeyLock.take(locks, root.relativize(object).toString())) {
            lock.requireHeld();
            if (Files.exists(object)) {
                return false;
            }
            Files.move(temporary.file(), object, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException("the file system of " + root + " can neither link nor rename", e);
        }
    }

    private void deleteAbandonedTemporaries() throws IOException {
        Instant before = Instant.now().minus(ABANDONED);
        try (Stream<Path> files = Files.list(temporaries)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                deleteIfOlder(file, before);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void deleteIfOlder(Path file, Instant before) throws IOException {
        try {
            if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // its writer has just finished
        }
    }

    /** Visits the objects of a tree, and passes by what is gone when it gets there. */
    private final class Listing extends SimpleFileVisitor<Path> {
        private final String prefix;
        private final Visitor visitor;

        Listing(String prefix, Visitor visitor) {
            this.prefix = prefix;
            this.visitor = visitor;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            boolean ours = directory.equals(temporaries) || directory.equals(locks);
            return ours ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            String key = root.relativize(file).toString();
            boolean listed = attributes.isRegularFile() && key.startsWith(prefix);
            return !listed || visitor.visit(key, attributes.size())
                    ? FileVisitResult.CONTINUE
                    : FileVisitResult.TERMINATE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            if (failure != null && !(failure instanceof NoSuchFileException)) {
                throw failure;
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
