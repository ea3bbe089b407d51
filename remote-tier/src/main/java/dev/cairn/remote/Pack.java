package dev.cairn.remote;

import com.github.luben.zstd.Zstd;
import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a warm-up needs of many uses as one object, named by the digest of its bytes: the entries, which have much in common
 * and are compressed together, and the bundles of small artifacts. Each entry and each bundle is checked by itself when it is
 * used. Immutable.
 */
record Pack(List<Item> items) {
    /** A pack is full when its bundles have this size. */
    static final int FULL = 2 << 20;

    /** It is, too, when its list has this size before it is compressed. */
    static final int FULL_LIST = 2 << 20;

    /** Up to this size a bundle goes into a pack. */
    static final int SMALL = 256 << 10;

    static final int LARGEST = FULL + SMALL + FULL_LIST + FormatLimits.ENTRY + (64 << 10);

    private static final int ITEM = 2 * Digest.LENGTH + 2 * Integer.BYTES;
    private static final int LARGEST_LIST = FULL_LIST + FormatLimits.ENTRY + ITEM;
    private static final int MOST_ITEMS = 1 << 16;
    private static final byte[] MAGIC = {'C', 'A', 'I', 'R', 'N', 'P', 'A', 'K'};
    private static final short VERSION = 2;
    private static final int HEADER = 8 + 2 + 3 * Integer.BYTES;
    private static final int LEVEL = 3;

    /**
     * What is needed for one use.
     *
     * @param entry of the context's manifest, which led to the artifact; opaque here
     * @param bundle empty when the artifact is too large, and lies under its own key only
     */
    record Item(SessionRecord.Use use, byte[] entry, byte[] bundle) {
        /** Bytes of the list. */
        int listed() {
            return ITEM + entry.length;
        }
    }

    Pack {
        items = List.copyOf(items);
    }

    byte[] encode() {
        byte[] plain = plain();
        byte[] packed = Zstd.compress(plain, LEVEL);
        int bundles = items.stream().mapToInt(item -> item.bundle().length).sum();
        ByteBuffer out = ByteBuffer.allocate(HEADER + packed.length + bundles)
                .put(MAGIC)
                .putShort(VERSION)
                .putInt(items.size())
                .putInt(plain.length)
                .putInt(packed.length)
                .put(packed);
        items.forEach(item -> out.put(item.bundle()));
        return out.array();
    }

    private byte[] plain() {
        int size = items.stream().mapToInt(Item::listed).sum();
        ByteBuffer out = ByteBuffer.allocate(size);
        for (Item item : items) {
            out.put(item.use().context().toBytes())
                    .put(item.use().artifact().toBytes())
                    .putInt(item.entry().length)
                    .putInt(item.bundle().length);
        }
        items.forEach(item -> out.put(item.entry()));
        return out.array();
    }

    /**
     * Reads a pack.
     *
     * @throws DamagedObject when it is not the one of this key
     */
    static Pack decode(Digest key, byte[] bytes) throws DamagedObject {
        if (bytes.length < HEADER
                || bytes.length > LARGEST
                || !Hasher.content(bytes).equals(key)) {
            throw new DamagedObject("not this pack");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (!Framing.isOf(MAGIC, VERSION, in)) {
            throw new DamagedObject("not a pack of a version that is known here");
        }
        int count = in.getInt();
        int length = in.getInt();
        int packed = in.getInt();
        if (count < 0 || count > MOST_ITEMS || length < count * ITEM || length > LARGEST_LIST) {
            throw new DamagedObject("numbers that cannot be");
        }
        byte[] plain = Compressed.expand(take(in, packed), length);
        return new Pack(items(count, ByteBuffer.wrap(plain), in));
    }

    private static List<Item> items(int count, ByteBuffer plain, ByteBuffer bundles) throws DamagedObject {
        ByteBuffer entries = plain.slice(count * ITEM, plain.capacity() - count * ITEM);
        List<Item> items = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            SessionRecord.Use use = new SessionRecord.Use(digest(plain), digest(plain));
            byte[] entry = take(entries, plain.getInt());
            items.add(new Item(use, entry, take(bundles, plain.getInt())));
        }
        if (entries.hasRemaining() || bundles.hasRemaining()) {
            throw new DamagedObject("bytes after the last item");
        }
        return items;
    }

    private static Digest digest(ByteBuffer in) throws DamagedObject {
        return Digest.read(take(in, Digest.LENGTH), 0);
    }

    private static byte[] take(ByteBuffer in, int length) throws DamagedObject {
        if (length < 0 || length > in.remaining()) {
            throw new DamagedObject("a length that cannot be");
        }
        byte[] taken = new byte[length];
        in.get(taken);
        return taken;
    }
}
