package dev.cairn.remote;

import dev.cairn.cache.Hasher;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The right to replace or delete the object of a key, among all processes. Keys share 256 lock files. Threads of this
 * process are kept apart by a lock in memory, as the operating system's lock belongs to the process as a whole. Belongs
 * to the thread that took it.
 */
final class KeyLock implements AutoCloseable {
    private static final ConcurrentMap<Path, ReentrantLock> IN_PROCESS = new ConcurrentHashMap<>();

    private final ReentrantLock inProcess;
    private final FileChannel file;
    private final FileLock amongProcesses;

    private KeyLock(ReentrantLock inProcess, FileChannel file, FileLock amongProcesses) {
        this.inProcess = inProcess;
        this.file = file;
        this.amongProcesses = amongProcesses;
    }

    /** Waits for the lock of a key. */
    static KeyLock take(Path directory, String key) throws IOException {
        String name = Hasher.content(key.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 2);
        Path path = directory.resolve(name);
        ReentrantLock inProcess = IN_PROCESS.computeIfAbsent(path, absent -> new ReentrantLock());
        inProcess.lock();
        boolean done = false;
        try {
            FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                KeyLock taken = new KeyLock(inProcess, file, file.lock());
                done = true;
                return taken;
            } finally {
                if (!done) {
                    file.close();
                }
            }
        } finally {
            if (!done) {
                inProcess.unlock();
            }
        }
    }

    /** Checks that the operating system has granted the lock and not lost it. */
    void requireHeld() throws IOException {
        if (!amongProcesses.isValid()) {
            throw new IOException("lost the lock on an object");
        }
    }

    @Override
    public void close() throws IOException {
        try {
            file.close();
        } finally {
            inProcess.unlock();
        }
    }
}
