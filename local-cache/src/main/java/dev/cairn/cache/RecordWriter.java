package dev.cairn.cache;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes the value of a row: kind byte, version byte, fields, and a CRC-32C over key and value. {@link RecordReader}
 * reads what this writes. Not thread-safe.
 */
final class RecordWriter {
    /** Version of the format of all rows. */
    static final byte VERSION = 1;

    private byte[] buffer;
    private int length;

    RecordWriter(Table table, int expectedBytes) {
        buffer = new byte[expectedBytes + 8];
        putByte(table.kind());
        putByte(VERSION);
    }

    RecordWriter putByte(int value) {
        ensure(1);
        buffer[length++] = (byte) value;
        return this;
    }

    /** Writes a number of at least 0 in as few bytes as it needs. */
    RecordWriter putCount(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("negative count " + value);
        }
        long rest = value;
        while (rest > 0x7f) {
            putByte((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        return putByte((int) rest);
    }

    RecordWriter putLong(long value) {
        ensure(Long.BYTES);
        for (int shift = 56; shift >= 0; shift -= 8) {
            buffer[length++] = (byte) (value >>> shift);
        }
        return this;
    }

    RecordWriter putDigest(Digest digest) {
        return putLong(digest.a()).putLong(digest.b()).putLong(digest.c()).putLong(digest.d());
    }

    RecordWriter putBytes(byte[] bytes) {
        putCount(bytes.length);
        return putRaw(bytes);
    }

    /** Writes any string without loss: in Latin-1 when that holds it, as path strings always are, else in UTF-16. */
    RecordWriter putText(String text) {
        if (isLatin1(text)) {
            putCount((long) text.length() << 1);
            return putRaw(text.getBytes(StandardCharsets.ISO_8859_1));
        }
        putCount((long) text.length() << 1 | 1);
        for (int i = 0; i < text.length(); i++) {
            putByte(text.charAt(i) >>> 8).putByte(text.charAt(i));
        }
        return this;
    }

    private static boolean isLatin1(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0xff) {
                return false;
            }
        }
        return true;
    }

    RecordWriter putSignature(FileSignature signature) {
        return putLong(signature.device())
                .putLong(signature.inode())
                .putLong(signature.size())
                .putLong(signature.mtime())
                .putLong(signature.ctime())
                .putLong(signature.mode());
    }

    /** Returns the finished value. */
    byte[] finish(byte[] key) {
        int checksum = RecordReader.checksum(key, buffer, length);
        ensure(Integer.BYTES);
        for (int shift = 24; shift >= 0; shift -= 8) {
            buffer[length++] = (byte) (checksum >>> shift);
        }
        return Arrays.copyOf(buffer, length);
    }

    private RecordWriter putRaw(byte[] bytes) {
        ensure(bytes.length);
        System.arraycopy(bytes, 0, buffer, length, bytes.length);
        length += bytes.length;
        return this;
    }

    private void ensure(int more) {
        if (buffer.length - length < more) {
            buffer = Arrays.copyOf(buffer, Math.max(Math.addExact(length, more), buffer.length * 2));
        }
    }
}
