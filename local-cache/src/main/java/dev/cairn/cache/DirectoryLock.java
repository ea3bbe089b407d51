package dev.cairn.cache;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Set;

/**
 * The exclusive right to a store's directory. The lock of the operating system decides, which ends with the process;
 * the owner file only says who it is. Thread-safe.
 */
final class DirectoryLock implements AutoCloseable {
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /**
     * The directories that this process holds. POSIX drops a process's locks on a file as soon as it closes any
     * descriptor of that file, so a second attempt must not even open it.
     */
    private static final Set<Path> HELD = new HashSet<>();

    private final StoreDirectory directory;
    private final FileChannel channel;

    private DirectoryLock(StoreDirectory directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /** Takes the lock, or says who has it. */
    static DirectoryLock take(StoreDirectory directory) throws CacheUnavailable, IOException {
        synchronized (HELD) {
            if (HELD.contains(directory.root().toRealPath())) {
                throw inUse(directory);
            }
            FileChannel channel = FileChannel.open(
                    directory.lock(), Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), PRIVATE_FILE);
            DirectoryLock taken = new DirectoryLock(directory, channel);
            boolean done = false;
            try {
                if (!locked(channel)) {
                    throw inUse(directory);
                }
                taken.writeOwner();
                HELD.add(directory.root().toRealPath());
                done = true;
                return taken;
            } finally {
                if (!done) {
                    channel.close();
                }
            }
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null && lock.isValid();
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private void writeOwner() throws IOException {
        String owner = "process " + ProcessHandle.current().pid() + " since "
                + Instant.now().truncatedTo(ChronoUnit.SECONDS) + "\n";
        Files.writeString(directory.owner(), owner, StandardCharsets.UTF_8);
    }

    private static CacheUnavailable inUse(StoreDirectory directory) {
        String owner;
        try {
            owner = Files.readString(directory.owner(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            owner = "";
        }
        return new CacheUnavailable(
                CacheUnavailable.Cause.IN_USE,
                "cache directory " + directory.root() + " is in use by "
                        + (owner.isEmpty() ? "another process" : owner));
    }

    @Override
    public void close() throws IOException {
        synchronized (HELD) {
            try {
                Files.deleteIfExists(directory.owner());
            } finally {
                HELD.remove(directory.root().toRealPath());
                channel.close();
            }
        }
    }
}
