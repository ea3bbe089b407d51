package dev.cairn.remote;

import dev.cairn.cache.Digest;
import dev.cairn.cache.Records;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The records of one owner among those of a kind: their keys begin with its digest. Thread-safe, as what it stands before. */
final class OwnRecords implements Records {
    private final Records all;
    private final byte[] owner;

    OwnRecords(Records all, Digest owner) {
        this.all = all;
        this.owner = owner.toBytes();
    }

    private byte[] full(byte[] key) {
        return ByteBuffer.allocate(owner.length + key.length)
                .put(owner)
                .put(key)
                .array();
    }

    /** Returns a record as it is among those of all owners. */
    Entry entry(byte[] key, byte[] value) {
        return new Entry(full(key), value);
    }

    @Override
    public Optional<byte[]> get(Kind kind, byte[] key) {
        return all.get(kind, full(key));
    }

    @Override
    public void put(Kind kind, byte[] key, byte[] value) {
        all.put(kind, full(key), value);
    }

    @Override
    public void putAll(Kind kind, List<Entry> records) {
        all.putAll(
                kind,
                records.stream().map(entry -> entry(entry.key(), entry.value())).toList());
    }

    @Override
    public void remove(Kind kind, byte[] key) {
        all.remove(kind, full(key));
    }

    @Override
    public void forEach(Kind kind, BiConsumer<byte[], byte[]> visitor) {
        all.forEach(kind, (key, value) -> {
            if (key.length > owner.length && Arrays.equals(key, 0, owner.length, owner, 0, owner.length)) {
                visitor.accept(Arrays.copyOfRange(key, owner.length, key.length), value);
            }
        });
    }
}
