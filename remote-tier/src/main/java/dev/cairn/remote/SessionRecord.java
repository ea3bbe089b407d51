package dev.cairn.remote;

import com.github.luben.zstd.Zstd;
import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What builds of one name used, the last build's uses first. What was not used for several builds' worth of uses drops out
 * of it. Immutable.
 *
 * @param key of the session's name
 * @param largest how many uses the largest build had
 * @param kept the uses, each artifact once
 */
public record SessionRecord(Digest key, int largest, List<Kept> kept) {
    static final int LARGEST = 5 << 20;

    /** Of how many of the largest builds the uses are kept. */
    static final int BUILDS = 8;

    /** So many are kept, however small the builds are. */
    static final int LEAST_KEPT = 1_000;

    static final int MOST_USES = 50_000;

    private static final int MOST_PACKS = 1_024;
    private static final int IN_NO_PACK = -1;
    private static final byte[] MAGIC = {'C', 'A', 'I', 'R', 'N', 'S', 'E', 'S'};
    private static final short VERSION = 2;
    private static final int LEVEL = 3;
    private static final int HEADER = 8 + 2 + Digest.LENGTH + 4 + Seal.LENGTH;
    private static final int NUMBERS = 12;
    private static final int USE = 2 * Digest.LENGTH + 4;
    private static final int LARGEST_CONTENT = NUMBERS + MOST_PACKS * Digest.LENGTH + MOST_USES * USE;

    /** One artifact that was used, and the context of whose manifest an entry led to it. */
    public record Use(Digest context, Digest artifact) {}

    /**
     * One use of a record.
     *
     * @param pack the key of the pack that holds the entry, and the artifact if it is small
     */
    public record Kept(Use use, Optional<Digest> pack) {}

    public SessionRecord {
        kept = List.copyOf(kept);
    }

    /** Returns a record of no build. */
    static SessionRecord none(Digest key) {
        return new SessionRecord(key, 0, List.of());
    }

    /** Returns the keys of the packs that hold something of this. */
    Set<Digest> packs() {
        return kept.stream().flatMap(one -> one.pack().stream()).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /**
     * Returns the record after one more build: what it used goes first, and what does not fit is left out. Of a build that
     * does not fit what was known goes before what was not, so that the next one finds the same.
     */
    SessionRecord after(List<Use> now) {
        Map<Digest, Kept> known = new HashMap<>();
        kept.forEach(one -> known.put(one.use().artifact(), one));
        Map<Digest, Kept> merged = new LinkedHashMap<>();
        now.stream()
                .filter(use -> known.containsKey(use.artifact()))
                .forEach(use -> merged.put(use.artifact(), known.get(use.artifact())));
        now.forEach(use -> merged.putIfAbsent(use.artifact(), new Kept(use, Optional.empty())));
        int size = Math.max(largest, merged.size());
        kept.forEach(one -> merged.putIfAbsent(one.use().artifact(), one));
        long most = Math.min(MOST_USES, Math.max(LEAST_KEPT, (long) BUILDS * size));
        return new SessionRecord(key, size, merged.values().stream().limit(most).toList());
    }

    /** Returns the same uses in other packs. */
    SessionRecord packed(Function<Kept, Optional<Digest>> pack) {
        return new SessionRecord(
                key,
                largest,
                kept.stream().map(one -> new Kept(one.use(), pack.apply(one))).toList());
    }

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
        List<Digest> packs = packs().stream().limit(MOST_PACKS).toList();
        Map<Digest, Integer> places = new HashMap<>();
        packs.forEach(pack -> places.put(pack, places.size()));
        ByteBuffer out = ByteBuffer.allocate(NUMBERS + packs.size() * Digest.LENGTH + kept.size() * USE)
                .putInt(largest)
                .putInt(packs.size())
                .putInt(kept.size());
        packs.forEach(pack -> out.put(pack.toBytes()));
        for (Kept one : kept) {
            int place = one.pack()
                    .map(pack -> places.getOrDefault(pack, IN_NO_PACK))
                    .orElse(IN_NO_PACK);
            out.put(one.use().context().toBytes())
                    .put(one.use().artifact().toBytes())
                    .putInt(place);
        }
        return out.array();
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
        ByteBuffer in = Framing.covered(bytes, HEADER, LARGEST);
        if (!Framing.isOf(MAGIC, VERSION, in) || !Framing.digest(in).equals(key)) {
            throw new DamagedObject("not a record of this session");
        }
        int length = in.getInt();
        Seal seal = Seal.read(in);
        if (length < 0 || length > LARGEST_CONTENT) {
            throw new DamagedObject("a length that cannot be");
        }
        byte[] plain = Compressed.expand(Arrays.copyOfRange(bytes, in.position(), in.limit()), length);
        trust.require(seal, signed(place, key, plain));
        return content(key, ByteBuffer.wrap(plain));
    }

    private static SessionRecord content(Digest key, ByteBuffer in) throws DamagedObject {
        need(in, NUMBERS);
        int largest = in.getInt();
        int packs = in.getInt();
        int uses = in.getInt();
        if (largest < 0 || packs < 0 || packs > MOST_PACKS || uses < 0 || uses > MOST_USES) {
            throw new DamagedObject("numbers that cannot be");
        }
        need(in, (long) packs * Digest.LENGTH);
        List<Digest> packKeys = new ArrayList<>(packs);
        for (int i = 0; i < packs; i++) {
            packKeys.add(Framing.digest(in));
        }
        List<Kept> kept = new ArrayList<>(Math.min(uses, in.remaining() / USE));
        for (int i = 0; i < uses; i++) {
            kept.add(kept(packKeys, in));
        }
        if (in.hasRemaining()) {
            throw new DamagedObject("bytes after the last use");
        }
        return new SessionRecord(key, largest, kept);
    }

    private static Kept kept(List<Digest> packs, ByteBuffer in) throws DamagedObject {
        need(in, USE);
        Use use = new Use(Framing.digest(in), Framing.digest(in));
        int pack = in.getInt();
        if (pack < IN_NO_PACK || pack >= packs.size()) {
            throw new DamagedObject("a use is in no pack of the record");
        }
        return new Kept(use, pack == IN_NO_PACK ? Optional.empty() : Optional.of(packs.get(pack)));
    }

    private static void need(ByteBuffer in, long bytes) throws DamagedObject {
        if (in.remaining() < bytes) {
            throw new DamagedObject("it ends early");
        }
    }
}
