package dev.cairn.remote;

import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The manifest of a context as it stands in a store: the last entries that were added, newest first. Immutable.
 *
 * @param entries at most {@link FormatLimits#ENTRIES}
 */
record ManifestObject(Digest context, List<SealedEntry> entries) {
    private static final byte[] MAGIC = {'C', 'A', 'I', 'R', 'N', 'M', 'A', 'N'};
    private static final short VERSION = 1;
    private static final int HEADER = MAGIC.length + Short.BYTES + Short.BYTES + Digest.LENGTH;

    ManifestObject {
        entries = List.copyOf(entries);
    }

    /**
     * Returns this manifest with entries added. An entry that is there already stays as it is, unless only the new one is
     * signed. What exceeds the bounds goes, the oldest first.
     */
    ManifestObject with(List<SealedEntry> added) {
        Map<Digest, SealedEntry> merged = new LinkedHashMap<>();
        added.forEach(entry -> merged.merge(entry.identity(), entry, ManifestObject::better));
        entries.forEach(entry -> merged.merge(entry.identity(), entry, ManifestObject::better));
        return new ManifestObject(context, bounded(merged.values().stream().toList()));
    }

    private static SealedEntry better(SealedEntry first, SealedEntry second) {
        return first.seal().kind() == SignatureKind.NONE ? second : first;
    }

    private static List<SealedEntry> bounded(List<SealedEntry> entries) {
        List<SealedEntry> kept = new ArrayList<>();
        long plain = 0;
        // What zstd adds to bytes that do not shrink is less than what is left between the two bounds.
        long bound = Math.min(FormatLimits.MANIFEST_PLAIN, FormatLimits.MANIFEST - (1 << 20));
        for (SealedEntry entry : entries) {
            plain += entry.entry().length;
            if (kept.size() == FormatLimits.ENTRIES || plain > bound) {
                break;
            }
            kept.add(entry);
        }
        return kept;
    }

    /** Whether all these entries are in it, with their signatures where they have one. */
    boolean containsAll(List<SealedEntry> wanted) {
        return wanted.stream().allMatch(entry -> entries.stream().anyMatch(present -> serves(present, entry)));
    }

    private static boolean serves(SealedEntry present, SealedEntry wanted) {
        return present.identity().equals(wanted.identity())
                && (wanted.seal().kind() == SignatureKind.NONE
                        || Arrays.equals(present.seal().bytes(), wanted.seal().bytes()));
    }

    byte[] encode() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
        out.writeBytes(ByteBuffer.allocate(HEADER)
                .put(MAGIC)
                .putShort(VERSION)
                .putShort((short) entries.size())
                .put(context.toBytes())
                .array());
        entries.forEach(entry -> out.writeBytes(entry.encode()));
        out.writeBytes(Hasher.content(out.toByteArray()).toBytes());
        return out.toByteArray();
    }

    /**
     * Reads a manifest.
     *
     * @throws DamagedObject when it is not the one of this context, unaltered
     */
    static ManifestObject decode(Digest context, byte[] bytes) throws DamagedObject {
        ByteBuffer in = Framing.covered(bytes, HEADER, FormatLimits.MANIFEST);
        if (!Framing.isOf(MAGIC, VERSION, in)) {
            throw new DamagedObject("not a manifest of a version that is known here");
        }
        int count = in.getShort() & 0xffff;
        if (!Framing.digest(in).equals(context) || count > FormatLimits.ENTRIES) {
            throw new DamagedObject("another manifest");
        }
        List<SealedEntry> entries = new ArrayList<>(count);
        int room = FormatLimits.MANIFEST_PLAIN;
        for (int i = 0; i < count; i++) {
            SealedEntry entry = SealedEntry.read(in, room);
            room -= entry.entry().length;
            entries.add(entry);
        }
        if (in.hasRemaining()) {
            throw new DamagedObject("bytes after the last entry");
        }
        return new ManifestObject(context, entries);
    }
}
