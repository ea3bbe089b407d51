package dev.cairn.remote;

import dev.cairn.cache.Digest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * An entry that is to be added to a context's manifest, and the artifact that has to be there first. Immutable.
 */
record UploadJob(Key key, Digest artifact, byte[] entry) {
    /** What makes two jobs the same one: the context, and the entry that its manifest is to get. */
    record Key(Digest context, Digest identity) {
        byte[] bytes() {
            return ByteBuffer.allocate(2 * Digest.LENGTH)
                    .put(context.toBytes())
                    .put(identity.toBytes())
                    .array();
        }

        /** Reads a key; empty for what is none. */
        static Optional<Key> read(byte[] bytes) {
            return bytes.length == 2 * Digest.LENGTH
                    ? Optional.of(new Key(Digest.read(bytes, 0), Digest.read(bytes, Digest.LENGTH)))
                    : Optional.empty();
        }
    }

    static UploadJob of(Digest context, Digest artifact, byte[] entry) {
        Digest identity = new SealedEntry(artifact, Seal.NONE, entry).identity();
        return new UploadJob(new Key(context, identity), artifact, entry);
    }

    Digest context() {
        return key.context();
    }

    byte[] value() {
        return ByteBuffer.allocate(Digest.LENGTH + entry.length)
                .put(artifact.toBytes())
                .put(entry)
                .array();
    }

    /** Reads a job; empty for what is none. */
    static Optional<UploadJob> read(Key key, byte[] value) {
        return value.length < Digest.LENGTH
                ? Optional.empty()
                : Optional.of(new UploadJob(
                        key, Digest.read(value, 0), Arrays.copyOfRange(value, Digest.LENGTH, value.length)));
    }
}
