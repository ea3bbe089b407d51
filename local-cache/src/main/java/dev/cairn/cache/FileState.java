package dev.cairn.cache;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A file's content digest and the signature it had when it was read.
 *
 * @param trusted whether the signature was old enough when the file was read that any later change must show in it
 */
public record FileState(FileSignature signature, Digest content, boolean trusted) {
    private static final int ENCODED = 1 + 5 * Long.BYTES + Integer.BYTES + Digest.LENGTH;
    private static final byte VERSION = 1;

    byte[] encode() {
        ByteBuffer buffer = ByteBuffer.allocate(ENCODED);
        buffer.put(VERSION)
                .putLong(signature.device())
                .putLong(signature.inode())
                .putLong(signature.size())
                .putLong(signature.mtime())
                .putLong(signature.ctime())
                .putInt(signature.mode())
                .put(content.toBytes());
        return buffer.array();
    }

    static Optional<FileState> decode(byte[] bytes) {
        if (bytes.length != ENCODED || bytes[0] != VERSION) {
            return Optional.empty();
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
        FileSignature signature = new FileSignature(
                buffer.getLong(),
                buffer.getLong(),
                buffer.getLong(),
                buffer.getLong(),
                buffer.getLong(),
                buffer.getInt());
        return Optional.of(new FileState(signature, Digest.read(bytes, ENCODED - Digest.LENGTH), true));
    }
}
