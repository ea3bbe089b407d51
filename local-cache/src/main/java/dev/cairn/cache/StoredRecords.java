package dev.cairn.cache;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The records of other rooms, in one table, under a kind byte and their key. Thread-safe. */
final class StoredRecords implements Records {
    private static final Logger LOG = LoggerFactory.getLogger(StoredRecords.class);

    private final Database database;
    private final AtomicBoolean complained = new AtomicBoolean();

    StoredRecords(Database database) {
        this.database = database;
    }

    /** Adds the removal of all records that only save time. */
    static Batch dropReplaceable(Batch batch) {
        for (Kind kind : new Kind[] {Kind.FILE_STATE, Kind.HISTORY, Kind.SCAN, Kind.ANSWER}) {
            byte code = code(kind);
            batch.deleteRange(Table.RECORDS, new byte[] {code}, new byte[] {(byte) (code + 1)});
        }
        return batch;
    }

    @Override
    public Optional<byte[]> get(Kind kind, byte[] key) {
        byte[] row = row(kind, key);
        return database.get(Table.RECORDS, row).flatMap(value -> decode(row, value));
    }

    @Override
    public void put(Kind kind, byte[] key, byte[] value) {
        write(put(new Batch(), kind, key, value));
    }

    @Override
    public void putAll(Kind kind, List<Entry> records) {
        Batch batch = new Batch();
        records.forEach(record -> put(batch, kind, record.key(), record.value()));
        write(batch);
    }

    @Override
    public void remove(Kind kind, byte[] key) {
        write(new Batch().delete(Table.RECORDS, row(kind, key)));
    }

    @Override
    public void forEach(Kind kind, BiConsumer<byte[], byte[]> visitor) {
        database.scan(Table.RECORDS, new byte[] {code(kind)}, (row, value) -> {
            decode(row, value).ifPresent(record -> visitor.accept(Arrays.copyOfRange(row, 1, row.length), record));
            return true;
        });
    }

    private void write(Batch batch) {
        try {
            database.write(batch);
            complained.set(false);
        } catch (IOException e) {
            if (complained.compareAndSet(false, true)) {
                LOG.warn("records are not kept: {}", e.toString());
            }
        }
    }

    /** Adds a record to a batch, and returns that. */
    static Batch put(Batch batch, Kind kind, byte[] key, byte[] value) {
        byte[] row = row(kind, key);
        return batch.put(
                Table.RECORDS,
                row,
                new RecordWriter(Table.RECORDS, value.length + 8)
                        .putBytes(value)
                        .finish(row));
    }

    private static Optional<byte[]> decode(byte[] row, byte[] value) {
        return RecordReader.decode(Table.RECORDS, row, value, RecordReader::takeBytes);
    }

    private static byte[] row(Kind kind, byte[] key) {
        byte[] row = new byte[key.length + 1];
        row[0] = code(kind);
        System.arraycopy(key, 0, row, 1, key.length);
        return row;
    }

    /** The codes are part of the format. */
    private static byte code(Kind kind) {
        return switch (kind) {
            case FILE_STATE -> 1;
            case STATISTICS -> 2;
            case HISTORY -> 3;
            case UPLOAD -> 4;
            case SCAN -> 5;
            case ANSWER -> 6;
        };
    }
}
