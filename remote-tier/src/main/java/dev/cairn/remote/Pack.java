package dev.cairn.remote;

import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Many small artifact bundles as one object, named by the digest of its bytes. Each bundle is checked by itself when it
 * is read. Immutable.
 */
record Pack(List<byte[]> bundles) {
    /** A pack is full when it has this size. */
    static final int FULL = 2 << 20;

    /** Up to this size a bundle goes into a pack. */
    static final int SMALL = 256 << 10;

    private static final int LARGEST = FULL + SMALL + 1024;
    private static final byte[] MAGIC = {'C', 'A', 'I', 'R', 'N', 'P', 'A', 'K'};
    private static final short VERSION = 1;

    Pack {
        bundles = List.copyOf(bundles);
    }

    byte[] encode() {
        int size = MAGIC.length + 2;
        for (byte[] bundle : bundles) {
            size += 4 + bundle.length;
        }
        ByteBuffer out = ByteBuffer.allocate(size).put(MAGIC).putShort(VERSION);
        bundles.forEach(bundle -> out.putInt(bundle.length).put(bundle));
        return out.array();
    }

    /**
     * Reads a pack.
     *
     * @throws DamagedObject when it is not the one of this key
     */
    static Pack decode(Digest key, byte[] bytes) throws DamagedObject {
        if (bytes.length < MAGIC.length + 2
                || bytes.length > LARGEST
                || !Hasher.content(bytes).equals(key)) {
            throw new DamagedObject("not this pack");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        byte[] magic = new byte[MAGIC.length];
        in.get(magic);
        if (!Arrays.equals(magic, MAGIC) || in.getShort() != VERSION) {
            throw new DamagedObject("not a pack of a version that is known here");
        }
        List<byte[]> bundles = new ArrayList<>();
        while (in.hasRemaining()) {
            int length = in.remaining() < 4 ? -1 : in.getInt();
            if (length < 0 || length > in.remaining()) {
                throw new DamagedObject("a bundle's length cannot be");
            }
            byte[] bundle = new byte[length];
            in.get(bundle);
            bundles.add(bundle);
        }
        return new Pack(bundles);
    }

    static int largest() {
        return LARGEST;
    }
}
