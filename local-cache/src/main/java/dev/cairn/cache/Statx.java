package dev.cairn.cache;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * {@code statx(2)}, following links, without garbage: verifying a hit asks it for every input. Path strings hold one
 * char per byte. Thread-safe.
 */
final class Statx {
    private static final int AT_FDCWD = -100;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int SIZE_OF_STATX = 256;
    private static final MethodHandle STATX = handle();
    private static final ThreadLocal<MemorySegment> RESULT =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(SIZE_OF_STATX, 8));
    private static final ThreadLocal<MemorySegment> PATH =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(512));

    private Statx() {}

    private static MethodHandle handle() {
        Linker linker = Linker.nativeLinker();
        MemorySegment symbol = linker.defaultLookup()
                .find("statx")
                .orElseThrow(() -> new IllegalStateException("the C library has no statx"));
        return linker.downcallHandle(
                symbol,
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS));
    }

    /** Returns a path as the system call wants it; the memory lives as long as the segment is reachable. */
    static MemorySegment cString(String path) {
        byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
        MemorySegment segment = Arena.ofAuto().allocate(bytes.length + 1L);
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return segment;
    }

    /** As below, for a path that is asked about once: leaves no native memory behind. */
    static Optional<FileSignature> signature(String path) {
        byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
        MemorySegment room = PATH.get();
        if (bytes.length >= room.byteSize()) {
            return signature(cString(path));
        }
        MemorySegment.copy(bytes, 0, room, ValueLayout.JAVA_BYTE, 0, bytes.length);
        room.set(ValueLayout.JAVA_BYTE, bytes.length, (byte) 0);
        return signature(room);
    }

    /** Returns the signature, or empty when there is no such file or it can't be reached. */
    static Optional<FileSignature> signature(MemorySegment path) {
        MemorySegment result = RESULT.get();
        return call(path, result) ? Optional.of(read(result)) : Optional.empty();
    }

    /** Whether the file is there and its signature is the expected one. */
    static boolean matches(MemorySegment path, FileSignature expected) {
        MemorySegment result = RESULT.get();
        return call(path, result)
                && size(result) == expected.size()
                && inode(result) == expected.inode()
                && ctime(result) == expected.ctime()
                && mtime(result) == expected.mtime()
                && device(result) == expected.device()
                && mode(result) == expected.mode();
    }

    private static boolean call(MemorySegment path, MemorySegment result) {
        try {
            return (int) STATX.invokeExact(AT_FDCWD, path, 0, STATX_BASIC_STATS, result) == 0;
        } catch (Throwable e) {
            throw new IllegalStateException("statx could not be called", e);
        }
    }

    private static FileSignature read(MemorySegment s) {
        return new FileSignature(device(s), inode(s), size(s), mtime(s), ctime(s), mode(s));
    }

    // Offsets: struct statx in linux/stat.h.
    private static int mode(MemorySegment s) {
        return s.get(ValueLayout.JAVA_SHORT, 28) & 0xFFFF;
    }

    private static long inode(MemorySegment s) {
        return s.get(ValueLayout.JAVA_LONG, 32);
    }

    private static long size(MemorySegment s) {
        return s.get(ValueLayout.JAVA_LONG, 40);
    }

    private static long ctime(MemorySegment s) {
        return nanos(s, 96);
    }

    private static long mtime(MemorySegment s) {
        return nanos(s, 112);
    }

    private static long nanos(MemorySegment s, long offset) {
        return s.get(ValueLayout.JAVA_LONG, offset) * 1_000_000_000L + s.get(ValueLayout.JAVA_INT, offset + 8);
    }

    private static long device(MemorySegment s) {
        return ((long) s.get(ValueLayout.JAVA_INT, 136) << 32) | (s.get(ValueLayout.JAVA_INT, 140) & 0xFFFFFFFFL);
    }
}
