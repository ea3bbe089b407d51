package dev.cairn.remote;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * An entry as it stands in a manifest object: with its writer's signature, which every later writer keeps. Immutable.
 */
record SealedEntry(Digest artifact, Seal seal, byte[] entry) {
    private static final int LEVEL = 3;

    static SealedEntry create(
            String place, Digest context, Digest artifact, byte[] entry, Optional<SigningKey> signer) {
        Digest signed = signed(place, context, artifact, entry);
        return new SealedEntry(artifact, signer.map(key -> key.sign(signed)).orElse(Seal.NONE), entry);
    }

    private static Digest signed(String place, Digest context, Digest artifact, byte[] entry) {
        return Hasher.of("cairn manifest entry")
                .put(place)
                .put(context)
                .put(artifact)
                .put(entry)
                .finish();
    }

    boolean isTrusted(Trust trust, String place, Digest context) {
        return trust.accepts(seal, signed(place, context, artifact, entry));
    }

    /** Returns what makes two entries the same one, whoever wrote them. */
    Digest identity() {
        return Hasher.of("cairn entry").put(artifact).put(entry).finish();
    }

    /** Returns the encoded entry. */
    byte[] encode() {
        byte[] packed = Zstd.compress(entry, LEVEL);
        ByteBuffer out = ByteBuffer.allocate(Digest.LENGTH + Seal.LENGTH + 2 * Integer.BYTES + packed.length);
        out.put(artifact.toBytes());
        seal.write(out);
        return out.putInt(entry.length).putInt(packed.length).put(packed).array();
    }

    /** Reads an entry; {@code room} is how many bytes its content may have. */
    static SealedEntry read(ByteBuffer in, int room) throws DamagedObject {
        if (in.remaining() < Digest.LENGTH + Seal.LENGTH + 2 * Integer.BYTES) {
            throw new DamagedObject("an entry ends early");
        }
        byte[] artifact = new byte[Digest.LENGTH];
        in.get(artifact);
        Seal seal = Seal.read(in);
        int plain = in.getInt();
        int length = in.getInt();
        if (plain < 0 || plain > Math.min(room, FormatLimits.ENTRY) || length < 0 || length > in.remaining()) {
            throw new DamagedObject("an entry's length cannot be");
        }
        byte[] packed = new byte[length];
        in.get(packed);
        try {
            byte[] entry = new byte[plain];
            if (Zstd.decompress(entry, packed) != plain) {
                throw new DamagedObject("an entry's length is another");
            }
            return new SealedEntry(Digest.read(artifact, 0), seal, entry);
        } catch (ZstdException e) {
            throw new DamagedObject("an entry does not expand");
        }
    }
}
