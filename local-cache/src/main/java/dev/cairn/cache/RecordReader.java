package dev.cairn.cache;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.zip.CRC32C;

/** Reads the value of a row as {@link RecordWriter} writes it. Not thread-safe. */
final class RecordReader {
    private static final int OVERHEAD = 2 + Integer.BYTES;

    private final byte[] value;
    private final int end;
    private int position = 2;

    private RecordReader(byte[] value) {
        this.value = value;
        this.end = value.length - Integer.BYTES;
    }

    /**
     * Decodes a whole value.
     *
     * @param decoder reads the fields; it may throw {@link Malformed}
     * @return empty when the value is not a whole, unaltered row of this table under this key
     */
    static <T> Optional<T> decode(Table table, byte[] key, byte[] value, Function<RecordReader, T> decoder) {
        if (value.length < OVERHEAD || value[0] != table.kind() || value[1] != RecordWriter.VERSION) {
            return Optional.empty();
        }
        int end = value.length - Integer.BYTES;
        int stored = 0;
        for (int i = end; i < value.length; i++) {
            stored = stored << 8 | (value[i] & 0xff);
        }
        if (stored != checksum(key, value, end)) {
            return Optional.empty();
        }
        RecordReader reader = new RecordReader(value);
        try {
            T decoded = decoder.apply(reader);
            return reader.position == reader.end ? Optional.of(decoded) : Optional.empty();
        } catch (Malformed e) {
            return Optional.empty();
        }
    }

    /** Returns the CRC-32C of a key and the first {@code length} bytes of a value. */
    static int checksum(byte[] key, byte[] value, int length) {
        CRC32C crc = new CRC32C();
        crc.update(key);
        crc.update(value, 0, length);
        return (int) crc.getValue();
    }

    int takeByte() {
        need(1);
        return value[position++] & 0xff;
    }

    long takeCount() {
        long count = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int next = takeByte();
            count |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                if (count < 0) {
                    throw new Malformed();
                }
                return count;
            }
        }
        throw new Malformed();
    }

    long takeLong() {
        need(Long.BYTES);
        long number = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            number = number << 8 | (value[position++] & 0xff);
        }
        return number;
    }

    Digest takeDigest() {
        need(Digest.LENGTH);
        position += Digest.LENGTH;
        return Digest.read(value, position - Digest.LENGTH);
    }

    byte[] takeBytes() {
        return takeRaw(takeCount());
    }

    String takeText() {
        long header = takeCount();
        if ((header & 1) == 0) {
            return new String(takeRaw(header >>> 1), StandardCharsets.ISO_8859_1);
        }
        byte[] bytes = takeRaw(Math.multiplyExact(Math.min(header >>> 1, Integer.MAX_VALUE), 2L));
        char[] chars = new char[bytes.length / 2];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = (char) (bytes[2 * i] << 8 | (bytes[2 * i + 1] & 0xff));
        }
        return new String(chars);
    }

    FileSignature takeSignature() {
        return new FileSignature(takeLong(), takeLong(), takeLong(), takeLong(), takeLong(), (int) takeLong());
    }

    /** Reads a count and that many elements. */
    <T> List<T> takeList(Function<RecordReader, T> element) {
        long count = takeCount();
        if (count > end - position) {
            throw new Malformed();
        }
        List<T> list = new ArrayList<>((int) count);
        for (long i = 0; i < count; i++) {
            list.add(element.apply(this));
        }
        return list;
    }

    private byte[] takeRaw(long length) {
        need(length);
        position += (int) length;
        return Arrays.copyOfRange(value, position - (int) length, position);
    }

    private void need(long bytes) {
        if (bytes > end - position) {
            throw new Malformed();
        }
    }

    /** The fields do not fit the value. */
    static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1;

        Malformed() {
            super("malformed record", null, false, false);
        }
    }
}
