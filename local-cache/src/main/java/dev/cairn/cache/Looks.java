package dev.cairn.cache;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * How everything that was expected looked while it held, as bytes that another daemon can judge in one call of
 * {@code looks.c}: nothing of what this one knows of the paths is needed for that. Stateless.
 *
 * <p>Of a lively directory the names that are in it are kept too, as numbers, because a build removes its outputs and writes
 * them anew: what has no other names has got none.
 */
public final class Looks {
    private static final int EXPECTED_SIZE = 16 << 10;
    private static final int MOST_NAMES = 1_000;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(EXPECTED_SIZE);
    private byte[] before = {};

    private Looks() {}

    /**
     * Returns the looks of what holds now; empty when something does not hold, or its looks don't tell.
     *
     * @param lively whether files may come and go in a directory while what is expected of it goes on to hold
     */
    public static Optional<byte[]> of(List<Expectation> expectations, Predicate<String> lively) {
        Looks looks = new Looks();
        for (Expectation expectation : expectations) {
            Optional<Appearance> appearance = holds(expectation) ? expectation.appearance() : Optional.empty();
            if (appearance.isEmpty()) {
                return Optional.empty();
            }
            looks.add(
                    appearance.get(),
                    expectation instanceof WatchedDirectory.NoNewName && lively.test(expectation.path()));
        }
        byte[] made = looks.bytes.toByteArray();
        // A name that came since the expectation was asked is among those that were read.
        return SmallLibrary.allAlike(made, true) ? Optional.of(made) : Optional.empty();
    }

    /** What holds of a directory although it has moved has to be listed, as its looks are those of its listing. */
    private static boolean holds(Expectation expectation) {
        return expectation instanceof WatchedDirectory.NoNewName names ? names.isListed() : expectation.holds();
    }

    /** Whether everything looks now as it did then. */
    public static boolean areAlike(byte[] looks) {
        return SmallLibrary.allAlike(looks, false);
    }

    private void add(Appearance appearance, boolean lively) {
        Appearance.Kind kind = appearance.kind();
        Optional<long[]> names =
                lively && kind == Appearance.Kind.SAME ? names(appearance.nativePath()) : Optional.empty();
        bytes.write((names.isPresent() ? Appearance.Kind.SAME_NAMES : kind).number());
        names.ifPresent(this::putNames);
        putPath(appearance.path());
        if (kind == Appearance.Kind.SAME || kind == Appearance.Kind.SAME_FILE) {
            putSignature(appearance.signature(), kind == Appearance.Kind.SAME);
        }
    }

    private void putSignature(FileSignature signature, boolean whole) {
        put(signature.device());
        put(signature.inode());
        if (whole) {
            put(signature.size());
            put(signature.mtime());
            put(signature.ctime());
            put(signature.mode());
        }
    }

    private static Optional<long[]> names(MemorySegment directory) {
        long[] names = new long[MOST_NAMES];
        try {
            int count = SmallLibrary.names(directory.address(), names);
            return count < 0 ? Optional.empty() : Optional.of(Arrays.copyOf(names, count));
        } finally {
            Reference.reachabilityFence(directory);
        }
    }

    /** In the byte order of this machine, which alone reads them. */
    private void putNames(long[] names) {
        put(names.length);
        ByteBuffer buffer = ByteBuffer.allocate(names.length * Long.BYTES).order(ByteOrder.nativeOrder());
        buffer.asLongBuffer().put(names);
        bytes.writeBytes(buffer.array());
    }

    /** Most paths begin as the one before. */
    private void putPath(byte[] path) {
        int shared = Arrays.mismatch(before, path);
        shared = shared < 0 ? path.length : shared;
        put(shared);
        put(path.length - shared);
        bytes.write(path, shared, path.length - shared);
        before = path;
    }

    private void put(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes.write((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        bytes.write((int) rest);
    }
}
