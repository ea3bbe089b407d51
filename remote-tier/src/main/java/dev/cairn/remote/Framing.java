package dev.cairn.remote;

import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** What the formats of objects have in common: how they begin, and the digest at their end. Stateless. */
final class Framing {
    private Framing() {}

    /**
     * Returns what the digest at the end of an object covers.
     *
     * @param least bytes before the digest
     * @param most bytes of the object
     * @throws DamagedObject when the object is shorter or longer, or its digest is another
     */
    static ByteBuffer covered(byte[] bytes, int least, int most) throws DamagedObject {
        if (bytes.length < least + Digest.LENGTH || bytes.length > most) {
            throw new DamagedObject("a length that cannot be");
        }
        int end = bytes.length - Digest.LENGTH;
        if (!Hasher.content(Arrays.copyOf(bytes, end)).equals(Digest.read(bytes, end))) {
            throw new DamagedObject("its digest is another");
        }
        return ByteBuffer.wrap(bytes, 0, end);
    }

    /** Reads the beginning of an object; returns whether it is of a format and a version. */
    static boolean isOf(byte[] magic, short version, ByteBuffer in) {
        byte[] found = new byte[magic.length];
        in.get(found);
        return in.getShort() == version && Arrays.equals(found, magic);
    }

    /** Reads a digest. */
    static Digest digest(ByteBuffer in) {
        byte[] digest = new byte[Digest.LENGTH];
        in.get(digest);
        return Digest.read(digest, 0);
    }
}
