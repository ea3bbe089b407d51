package dev.cairn.remote;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a build used: the packs that hold its small artifacts, and all uses. Immutable.
 *
 * @param key of the session's name
 * @param packs keys of packs
 */
public record SessionRecord(Digest key, List<Digest> packs, List<Use> uses) {
    /** Bytes of a record before it is compressed: what it names beyond that is left out. */
    public static final int LARGEST_CONTENT = 4 << 20;

    static final int LARGEST = 6 << 20;

    private static final int MOST_USES = 100_000;
    private static final int MOST_PACKS = 10_000;
    private static final byte[] MAGIC = {'C', 'A', 'I', 'R', 'N', 'S', 'E', 'S'};
    private static final short VERSION = 1;
    private static final int LEVEL = 3;
    private static final int HEADER = 8 + 2 + Digest.LENGTH + 4 + Seal.LENGTH;

    /**
     * One artifact that was used.
     *
     * @param entry of the context's manifest, which led to it; opaque here
     */
    public record Use(Digest context, Digest artifact, byte[] entry) {}

    public SessionRecord {
        packs = List.copyOf(packs);
        uses = List.copyOf(uses);
    }

    /** Returns the record, with as many of the first uses as readers take. */
    byte[] encode(String place, Optional<SigningKey> signer) {
        byte[] plain = content();
        byte[] packed = Zstd.compress(plain, LEVEL);
        Digest signed = signed(place, key, plain);
        Seal seal = signer.map(known -> known.sign(signed)).orElse(Seal.NONE);
        ByteBuffer out = ByteBuffer.allocate(HEADER + packed.length + Digest.LENGTH)
                .put(MAGIC)
                .putShort(VERSION)
                .put(key.toBytes())
                .putInt(plain.length);
        seal.write(out);
        out.put(packed);
        byte[] covered = Arrays.copyOf(out.array(), out.position());
        return out.put(Hasher.content(covered).toBytes()).array();
    }

    private static Digest signed(String place, Digest key, byte[] plain) {
        return Hasher.of("cairn session")
                .put(place)
                .put(key)
                .put(Hasher.content(plain))
                .finish();
    }

    private byte[] content() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ByteBuffer.allocate(8)
                .putInt(Math.min(packs.size(), MOST_PACKS))
                .putInt(bounded().size())
                .array());
        packs.stream().limit(MOST_PACKS).forEach(pack -> out.writeBytes(pack.toBytes()));
        for (Use use : bounded()) {
            out.writeBytes(use.context().toBytes());
            out.writeBytes(use.artifact().toBytes());
            out.writeBytes(ByteBuffer.allocate(4).putInt(use.entry().length).array());
            out.writeBytes(use.entry());
        }
        return out.toByteArray();
    }

    private List<Use> bounded() {
        long room = LARGEST_CONTENT - 8 - (long) Digest.LENGTH * Math.min(packs.size(), MOST_PACKS);
        int count = 0;
        while (count < Math.min(uses.size(), MOST_USES)) {
            room -= 2L * Digest.LENGTH + 4 + uses.get(count).entry().length;
            if (room < 0) {
                break;
            }
            count++;
        }
        return uses.subList(0, count);
    }

    /** Fetches a record; empty when there is none. */
    static Optional<SessionRecord> read(StoreConnection connection, Layout layout, Digest key, Trust trust)
            throws StoreException {
        return connection.ask(store -> {
            Optional<InputStream> found = store.content(layout.session(key));
            if (found.isEmpty()) {
                return Optional.empty();
            }
            try (InputStream content = found.get()) {
                return Optional.of(decode(key, layout.place(), trust, content.readNBytes(LARGEST + 1)));
            }
        });
    }

    /**
     * Reads a record.
     *
     * @throws DamagedObject when it is not the one of this session, unaltered
     * @throws UntrustedObject when it is not signed as it has to be
     */
    static SessionRecord decode(Digest key, String place, Trust trust, byte[] bytes)
            throws DamagedObject, UntrustedObject {
        if (bytes.length < HEADER + Digest.LENGTH || bytes.length > LARGEST) {
            throw new DamagedObject("a length that cannot be");
        }
        int end = bytes.length - Digest.LENGTH;
        if (!Hasher.content(Arrays.copyOf(bytes, end)).equals(Digest.read(bytes, end))) {
            throw new DamagedObject("its digest is another");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, 0, end);
        byte[] magic = new byte[MAGIC.length];
        in.get(magic);
        if (!Arrays.equals(magic, MAGIC)
                || in.getShort() != VERSION
                || !digest(in).equals(key)) {
            throw new DamagedObject("not a record of this session");
        }
        int length = in.getInt();
        Seal seal = Seal.read(in);
        if (length < 0 || length > LARGEST_CONTENT) {
            throw new DamagedObject("a length that cannot be");
        }
        byte[] plain = expand(bytes, in.position(), end, length);
        trust.require(seal, signed(place, key, plain));
        return content(key, ByteBuffer.wrap(plain));
    }

    private static byte[] expand(byte[] bytes, int from, int end, int length) throws DamagedObject {
        try {
            byte[] plain = new byte[length];
            if (Zstd.decompress(plain, Arrays.copyOfRange(bytes, from, end)) != length) {
                throw new DamagedObject("its length is another");
            }
            return plain;
        } catch (ZstdException e) {
            throw new DamagedObject("it does not expand");
        }
    }

    private static SessionRecord content(Digest key, ByteBuffer in) throws DamagedObject {
        need(in, 8);
        int packs = in.getInt();
        int uses = in.getInt();
        if (packs < 0 || packs > MOST_PACKS || uses < 0 || uses > MOST_USES) {
            throw new DamagedObject("numbers that cannot be");
        }
        need(in, (long) packs * Digest.LENGTH);
        List<Digest> packKeys = new ArrayList<>(packs);
        for (int i = 0; i < packs; i++) {
            packKeys.add(digest(in));
        }
        List<Use> used = new ArrayList<>(Math.min(uses, in.remaining() / (2 * Digest.LENGTH)));
        for (int i = 0; i < uses; i++) {
            need(in, 2 * Digest.LENGTH + 4);
            Digest context = digest(in);
            Digest artifact = digest(in);
            int length = in.getInt();
            if (length < 0 || length > FormatLimits.ENTRY) {
                throw new DamagedObject("an entry's length cannot be");
            }
            need(in, length);
            byte[] entry = new byte[length];
            in.get(entry);
            used.add(new Use(context, artifact, entry));
        }
        if (in.hasRemaining()) {
            throw new DamagedObject("bytes after the last use");
        }
        return new SessionRecord(key, packKeys, used);
    }

    private static Digest digest(ByteBuffer in) {
        byte[] bytes = new byte[Digest.LENGTH];
        in.get(bytes);
        return Digest.read(bytes, 0);
    }

    private static void need(ByteBuffer in, long bytes) throws DamagedObject {
        if (in.remaining() < bytes) {
            throw new DamagedObject("it ends early");
        }
    }
}
