package dev.cairn.cache;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The form of one manifest entry that leaves the machine (docs/formats.md, "Shared entry"). Equal entries have equal bytes.
 * What comes back may be from anyone: reading it never throws, and needs no more memory than a small multiple of its
 * length, which is limited.
 */
public final class SharedEntry {
    /** The longest form that is read, in bytes. */
    public static final int LONGEST = 1 << 20;

    private static final int VERSION = 1;
    private static final byte[] KEY = "shared entry".getBytes(StandardCharsets.US_ASCII);

    private SharedEntry() {}

    /** Returns the bytes of an entry. */
    public static byte[] encode(ManifestEntry entry) {
        RecordWriter writer = new RecordWriter(Table.MANIFESTS, 1024).putByte(VERSION);
        ManifestCodec.put(writer, entry);
        return writer.finish(KEY);
    }

    /** Returns the entry; empty for anything that is not the whole, unaltered form of one in this version. */
    public static Optional<ManifestEntry> decode(byte[] bytes) {
        if (bytes.length > LONGEST) {
            return Optional.empty();
        }
        return RecordReader.decode(Table.MANIFESTS, KEY, bytes, reader -> {
            if (reader.takeByte() != VERSION) {
                throw new RecordReader.Malformed();
            }
            return ManifestCodec.entry(reader);
        });
    }
}
