package dev.cairn.remote;

import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * What an artifact bundle begins with; docs/formats.md describes it. The checksum covers all of it and the body.
 *
 * @param compressed whether the body is zstd
 * @param body length of what follows the header
 * @param plain length of the content
 */
record BundleHeader(boolean compressed, long body, long plain, Digest artifact, Seal seal, Digest checksum) {
    static final int LENGTH = 64 + Seal.LENGTH + Digest.LENGTH;

    private static final byte[] MAGIC = {'C', 'A', 'I', 'R', 'N', 'A', 'R', 'T'};
    private static final short VERSION = 1;
    private static final int FIXED = 64;

    /** Starts the digest that the signature and the checksum are made of: the fixed fields, then the body. */
    static MessageDigest start(boolean compressed, long body, long plain, Digest artifact) {
        MessageDigest content = Hasher.sha256();
        content.update(fixed(compressed, body, plain, artifact));
        return content;
    }

    private static byte[] fixed(boolean compressed, long body, long plain, Digest artifact) {
        return ByteBuffer.allocate(FIXED)
                .put(MAGIC)
                .putShort(VERSION)
                .put((byte) (compressed ? 1 : 0))
                .put(new byte[5])
                .putLong(body)
                .putLong(plain)
                .put(artifact.toBytes())
                .array();
    }

    /** Returns what is signed: where an object belongs, and its content. */
    static Digest signed(String place, Digest content) {
        return Hasher.of("cairn bundle").put(place).put(content).finish();
    }

    static Digest checksum(Digest content, Seal seal) {
        return Hasher.of("cairn bundle checksum").put(content).put(seal.bytes()).finish();
    }

    byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(LENGTH).put(fixed(compressed, body, plain, artifact));
        seal.write(out);
        return out.put(checksum.toBytes()).array();
    }

    /** Returns which artifact a bundle says that it is, unchecked. */
    static Optional<Digest> artifactOf(byte[] bundle) {
        return bundle.length < LENGTH ? Optional.empty() : Optional.of(Digest.read(bundle, FIXED - Digest.LENGTH));
    }

    static BundleHeader decode(byte[] bytes, FormatLimits limits) throws DamagedObject {
        if (bytes.length != LENGTH) {
            throw new DamagedObject("shorter than a header");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (!Framing.isOf(MAGIC, VERSION, in)) {
            throw new DamagedObject("not an artifact of a version that is known here");
        }
        int codec = in.get();
        for (int i = 0; i < 5; i++) {
            if (in.get() != 0) {
                throw new DamagedObject("a reserved field is set");
            }
        }
        long body = in.getLong();
        long plain = in.getLong();
        byte[] artifact = new byte[Digest.LENGTH];
        in.get(artifact);
        Seal seal = Seal.read(in);
        byte[] checksum = new byte[Digest.LENGTH];
        in.get(checksum);
        boolean stored = codec == 0 && body == plain;
        if ((!stored && codec != 1) || !limits.allows(body, plain)) {
            throw new DamagedObject("lengths that cannot be");
        }
        return new BundleHeader(codec == 1, body, plain, Digest.read(artifact, 0), seal, Digest.read(checksum, 0));
    }
}
