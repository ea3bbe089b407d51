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

    /** How long a stamp stays ambiguous on file systems that keep whole seconds (or two). */
    private static final long COARSE_STAMP = 2_100_000_000L;

    /**
     * Whether a stamp is so old at {@code now} (a reading of {@link CoarseClock}) that a later change can't carry it
     * too. Stamps that lie on a whole second are taken for those of a file system without anything finer.
     */
    static boolean settled(long stamp, long now) {
        return stamp % 1_000_000_000L == 0 ? stamp < now - COARSE_STAMP : stamp < now;
    }

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
