package dev.cairn.cache;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * {@code statx(2)}, following links, without garbage: verifying a hit asks it for every input. Path strings hold one
 * char per byte. Thread-safe.
 */
final class Statx {
    // Where natives.c puts the fields.
    private static final int DEVICE = 0;
    private static final int INODE = 1;
    private static final int SIZE = 2;
    private static final int MTIME = 3;
    private static final int CTIME = 4;
    private static final int MODE = 5;

    private static final ThreadLocal<long[]> FIELDS = ThreadLocal.withInitial(() -> new long[MODE + 1]);

    private Statx() {}

    /** Returns a path as the system call wants it; the memory lives as long as the segment is reachable. */
    static MemorySegment cString(String path) {
        byte[] bytes = bytes(path);
        MemorySegment segment = Arena.ofAuto().allocate(bytes.length + 1L);
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return segment;
    }

    private static byte[] bytes(String path) {
        return path.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** As below, for a path that is asked about once: leaves no native memory behind. */
    static Optional<FileSignature> signature(String path) {
        long[] fields = FIELDS.get();
        return SmallLibrary.signatureOf(bytes(path), fields) ? Optional.of(read(fields)) : Optional.empty();
    }

    /** Returns the signature, or empty when there is no such file or it can't be reached. */
    static Optional<FileSignature> signature(MemorySegment path) {
        long[] fields = FIELDS.get();
        return call(path, fields) ? Optional.of(read(fields)) : Optional.empty();
    }

    /** Whether the file is there and its signature is the expected one. */
    static boolean matches(MemorySegment path, FileSignature expected) {
        long[] fields = FIELDS.get();
        return call(path, fields)
                && fields[SIZE] == expected.size()
                && fields[INODE] == expected.inode()
                && fields[CTIME] == expected.ctime()
                && fields[MTIME] == expected.mtime()
                && fields[DEVICE] == expected.device()
                && fields[MODE] == expected.mode();
    }

    private static boolean call(MemorySegment path, long[] fields) {
        try {
            return SmallLibrary.signature(path.address(), fields);
        } finally {
            Reference.reachabilityFence(path);
        }
    }

    private static FileSignature read(long[] fields) {
        return new FileSignature(
                fields[DEVICE], fields[INODE], fields[SIZE], fields[MTIME], fields[CTIME], (int) fields[MODE]);
    }
}
