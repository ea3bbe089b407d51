package dev.cairn.remote;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;

/** What is small enough to be expanded in memory. */
final class Compressed {
    private Compressed() {}

    /**
     * Expands.
     *
     * @param length of what comes out; whoever asks has bounded it
     * @throws DamagedObject when that is not so
     */
    static byte[] expand(byte[] packed, int length) throws DamagedObject {
        try {
            byte[] plain = new byte[length];
            if (Zstd.decompress(plain, packed) != length) {
                throw new DamagedObject("its length is another");
            }
            return plain;
        } catch (ZstdException e) {
            throw new DamagedObject("it does not expand");
        }
    }
}
