package dev.cairn.remote;

import com.github.luben.zstd.Zstd;
import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;

/**
 * Which contexts have a manifest, compact: the first 32 bits of the key of each. That it names one too many costs a
 * question; one too few costs hits, until whoever compiles that context again names it. A set that would be too large is
 * full, and then has every context. Immutable.
 */
final class ContextSet {
    static final ContextSet EMPTY = new ContextSet(false, new int[0]);
    static final ContextSet FULL = new ContextSet(true, new int[0]);

    /** So many contexts are some two bytes each. */
    static final int MOST = 1_000_000;

    /** Bytes of the object, and of its content. */
    static final int LARGEST = 3 << 20;

    private static final byte[] MAGIC = {'C', 'A', 'I', 'R', 'N', 'S', 'E', 'T'};
    private static final short VERSION = 1;
    private static final int HEADER = MAGIC.length + Short.BYTES + Digest.LENGTH + 1 + 2 * Integer.BYTES;
    private static final int LEVEL = 3;
    private static final long BEGINNINGS = 1L << Integer.SIZE;

    private final boolean full;

    /** Ascending, each once; with the first bit turned, as the order of numbers with a sign is another one. */
    private final int[] beginnings;

    private ContextSet(boolean full, int[] beginnings) {
        this.full = full;
        this.beginnings = beginnings;
    }

    boolean isFull() {
        return full;
    }

    int size() {
        return beginnings.length;
    }

    /** Whether a context may have a manifest; it certainly has none when not. */
    boolean mayHave(Digest context) {
        return full || Arrays.binarySearch(beginnings, beginning(context)) >= 0;
    }

    /** Returns this set with contexts added. */
    ContextSet with(Collection<Digest> contexts) {
        if (full) {
            return this;
        }
        int[] all = Arrays.copyOf(beginnings, beginnings.length + contexts.size());
        int count = beginnings.length;
        for (Digest context : contexts) {
            all[count++] = beginning(context);
        }
        Arrays.sort(all);
        int kept = 0;
        for (int beginning : all) {
            if (kept == 0 || all[kept - 1] != beginning) {
                all[kept++] = beginning;
            }
        }
        return kept > MOST ? FULL : new ContextSet(false, Arrays.copyOf(all, kept));
    }

    private static int beginning(Digest context) {
        return (int) (context.a() >>> Integer.SIZE) ^ Integer.MIN_VALUE;
    }

    /**
     * Returns the bytes of an object.
     *
     * @param name what the set is about; a set of another name is not taken for it
     */
    byte[] encode(Digest name) {
        byte[] plain = content();
        byte[] packed = Zstd.compress(plain, LEVEL);
        ByteBuffer out = ByteBuffer.allocate(HEADER + packed.length + Digest.LENGTH)
                .put(MAGIC)
                .putShort(VERSION)
                .put(name.toBytes())
                .put((byte) (full ? 1 : 0))
                .putInt(beginnings.length)
                .putInt(plain.length)
                .put(packed);
        byte[] covered = Arrays.copyOf(out.array(), out.position());
        return out.put(Hasher.content(covered).toBytes()).array();
    }

    private byte[] content() {
        ByteBuffer out = ByteBuffer.allocate(5 * beginnings.length);
        long last = -1;
        for (int turned : beginnings) {
            long beginning = Integer.toUnsignedLong(turned ^ Integer.MIN_VALUE);
            long step = beginning - last - 1;
            for (; step > 0x7f; step >>>= 7) {
                out.put((byte) (step | 0x80));
            }
            out.put((byte) step);
            last = beginning;
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    /**
     * Reads a set.
     *
     * @throws DamagedObject when it is not the one of this name, unaltered
     */
    static ContextSet decode(Digest name, byte[] bytes) throws DamagedObject {
        ByteBuffer in = Framing.covered(bytes, HEADER, LARGEST);
        if (!Framing.isOf(MAGIC, VERSION, in) || !Framing.digest(in).equals(name)) {
            throw new DamagedObject("not the set of this scope, of a version that is known here");
        }
        byte full = in.get();
        int count = in.getInt();
        int length = in.getInt();
        if (full < 0 || full > 1 || count < 0 || count > (full == 1 ? 0 : MOST)) {
            throw new DamagedObject("numbers that cannot be");
        }
        if (length < count || length > LARGEST || length > 5L * count) {
            throw new DamagedObject("a length that cannot be");
        }
        byte[] plain = Compressed.expand(Arrays.copyOfRange(bytes, in.position(), in.limit()), length);
        int[] beginnings = beginnings(count, ByteBuffer.wrap(plain));
        return full == 1 ? FULL : new ContextSet(false, beginnings);
    }

    private static int[] beginnings(int count, ByteBuffer in) throws DamagedObject {
        int[] beginnings = new int[count];
        long last = -1;
        for (int i = 0; i < count; i++) {
            last += step(in) + 1;
            if (last >= BEGINNINGS) {
                throw new DamagedObject("more than 32 bits");
            }
            beginnings[i] = (int) last ^ Integer.MIN_VALUE;
        }
        if (in.hasRemaining()) {
            throw new DamagedObject("bytes after the last context");
        }
        return beginnings;
    }

    /** Reads seven bits of a number from each byte, the lowest first; a byte that adds nothing is not how it is written. */
    private static long step(ByteBuffer in) throws DamagedObject {
        long step = 0;
        for (int shift = 0; shift <= 28; shift += 7) {
            if (!in.hasRemaining()) {
                throw new DamagedObject("it ends early");
            }
            byte next = in.get();
            step |= (long) (next & 0x7f) << shift;
            if (next == 0 && shift > 0) {
                throw new DamagedObject("a number that is longer than it need be");
            }
            if (next >= 0) {
                return step;
            }
        }
        throw new DamagedObject("a number of more than five bytes");
    }
}
