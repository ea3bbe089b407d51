package dev.cairn.cache;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What a path has to look like, in native memory and in the layout of {@code appearances.h}, whose last field, which is 0 at
 * first, is not for others than {@code held.c}. Otherwise immutable, so that it can be compared with while others learn that the
 * path looks different now.
 */
final class Appearance {
    /** What has to be equal; the numbers are those of {@code appearances.c}. */
    enum Kind {
        /** Every field. */
        SAME(0),
        /** Nothing, but something must be there. */
        THERE(1),
        /** Nothing may be there. */
        ABSENT(2),
        /** No regular file may be there. */
        NOT_REGULAR(3),
        /** Device and inode. */
        SAME_FILE(4),
        /** No directory may be there. */
        NOT_A_DIRECTORY(5),
        /** Every field, or at least the names in the directory; only in what {@link Looks} writes. */
        SAME_NAMES(6);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    private static final FileSignature NONE = new FileSignature(0, 0, 0, 0, 0, 0);
    private static final int SIZE = 72;

    /** Kept here, because the other only holds its address. */
    private final MemorySegment path;

    private final MemorySegment memory;
    private final Kind kind;

    private Appearance(MemorySegment path, Kind kind, FileSignature signature) {
        this.path = path;
        this.kind = kind;
        memory = Arena.ofAuto().allocate(SIZE, Long.BYTES);
        memory.set(ValueLayout.JAVA_LONG, 0, path.address());
        memory.set(ValueLayout.JAVA_INT, 8, directoryLength(path));
        memory.set(ValueLayout.JAVA_INT, 12, kind.number);
        memory.set(ValueLayout.JAVA_LONG, 16, signature.device());
        memory.set(ValueLayout.JAVA_LONG, 24, signature.inode());
        memory.set(ValueLayout.JAVA_LONG, 32, signature.size());
        memory.set(ValueLayout.JAVA_LONG, 40, signature.mtime());
        memory.set(ValueLayout.JAVA_LONG, 48, signature.ctime());
        memory.set(ValueLayout.JAVA_INT, 56, signature.mode());
    }

    /** Describes a path by a signature. */
    static Appearance of(MemorySegment path, Kind kind, FileSignature signature) {
        return new Appearance(path, kind, signature);
    }

    /** Describes a path by its kind alone. */
    static Appearance of(MemorySegment path, Kind kind) {
        return new Appearance(path, kind, NONE);
    }

    /** Returns where {@code appearances.c} finds it; valid as long as this object is reachable. */
    long address() {
        return memory.address();
    }

    Kind kind() {
        return kind;
    }

    MemorySegment nativePath() {
        return path;
    }

    /** Returns the path, without the end that it has in native memory. */
    byte[] path() {
        return path.asSlice(0, path.byteSize() - 1).toArray(ValueLayout.JAVA_BYTE);
    }

    /** Returns what has to be equal; of some kinds only a part of it counts. */
    FileSignature signature() {
        return new FileSignature(
                memory.get(ValueLayout.JAVA_LONG, 16),
                memory.get(ValueLayout.JAVA_LONG, 24),
                memory.get(ValueLayout.JAVA_LONG, 32),
                memory.get(ValueLayout.JAVA_LONG, 40),
                memory.get(ValueLayout.JAVA_LONG, 48),
                memory.get(ValueLayout.JAVA_INT, 56));
    }

    private static int directoryLength(MemorySegment path) {
        int length = 0;
        for (int i = 0; i < path.byteSize(); i++) {
            if (path.get(ValueLayout.JAVA_BYTE, i) == '/') {
                length = i + 1;
            }
        }
        return length;
    }

    @Override
    public String toString() {
        return path.getString(0);
    }
}
