package dev.cairn.remote;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A signature as it stands in an object: kind, key, and 64 bytes that begin with the signature and end in zeros.
 * Immutable.
 */
record Seal(SignatureKind kind, long keyId, byte[] signature) {
    static final int LENGTH = 1 + Long.BYTES + SignatureKind.LONGEST;
    static final Seal NONE = new Seal(SignatureKind.NONE, 0, new byte[SignatureKind.LONGEST]);

    static Seal of(SignatureKind kind, long keyId, byte[] signature) {
        return new Seal(kind, keyId, Arrays.copyOf(signature, SignatureKind.LONGEST));
    }

    static Seal read(ByteBuffer in) throws DamagedObject {
        SignatureKind kind = SignatureKind.of(in.get() & 0xff);
        long keyId = in.getLong();
        byte[] signature = new byte[SignatureKind.LONGEST];
        in.get(signature);
        for (int i = kind.length(); i < signature.length; i++) {
            if (signature[i] != 0) {
                throw new DamagedObject("bytes after a signature");
            }
        }
        if (kind == SignatureKind.NONE && keyId != 0) {
            throw new DamagedObject("a key without a signature");
        }
        return new Seal(kind, keyId, signature);
    }

    void write(ByteBuffer out) {
        out.put((byte) kind.code()).putLong(keyId).put(signature);
    }

    byte[] bytes() {
        ByteBuffer out = ByteBuffer.allocate(LENGTH);
        write(out);
        return out.array();
    }

    /** Returns the signature itself, without the zeros. */
    byte[] value() {
        return Arrays.copyOf(signature, kind.length());
    }
}
