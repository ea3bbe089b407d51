package dev.cairn.cache;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * RocksDB with the tables of this cache. Writes go to the write-ahead log without fsync: the end of the process loses
 * nothing, a power failure the most recent writes. Thread-safe; after closing, reads find nothing and writes fail.
 */
final class Database implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private final Path directory;
    private final Runnable onDamage;

    /** Held for reading by every use, so that nobody uses native memory that was freed. */
    private final ReadWriteLock use = new ReentrantReadWriteLock();

    private final LongAdder written = new LongAdder();
    private @Nullable Session session;

    private Database(Path directory, Runnable onDamage) {
        this.directory = directory;
        this.onDamage = onDamage;
    }

    /** An open RocksDB and everything native that it needs. */
    private record Session(
            RocksDB db,
            ColumnFamilyHandle defaultTable,
            Map<Table, ColumnFamilyHandle> tables,
            WriteOptions writing,
            DatabaseOptions options) {
        ColumnFamilyHandle handle(Table table) {
            ColumnFamilyHandle handle = tables.get(table);
            if (handle == null) {
                throw new IllegalStateException("no table " + table);
            }
            return handle;
        }

        void close() {
            tables.values().forEach(ColumnFamilyHandle::close);
            defaultTable.close();
            db.close();
            writing.close();
            options.close();
        }
    }

    /** RocksDB encodes names in UTF-8; where a char of a path is a byte, that byte has to come out again. */
    private static String nativeName(Path directory) {
        String name = directory.toString();
        boolean bytes = "ISO-8859-1".equals(System.getProperty("sun.jnu.encoding"));
        return bytes ? new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8) : name;
    }

    /**
     * Opens the database, and makes it and its tables when they are missing.
     *
     * @param onDamage called when a read shows that files of the database are damaged; must return quickly
     */
    static Database open(Path directory, Runnable onDamage) throws RocksDBException {
        Database database = new Database(directory, onDamage);
        database.session = database.openSession();
        return database;
    }

    private Session openSession() throws RocksDBException {
        DatabaseOptions options = new DatabaseOptions();
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        descriptors.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, options.table()));
        for (Table table : Table.values()) {
            descriptors.add(new ColumnFamilyDescriptor(table.familyName(), options.table()));
        }
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        boolean opened = false;
        try {
            RocksDB db = RocksDB.open(options.database(), nativeName(directory), descriptors, handles);
            opened = true;
            Map<Table, ColumnFamilyHandle> tables = new EnumMap<>(Table.class);
            Iterator<ColumnFamilyHandle> inOrder = handles.iterator();
            ColumnFamilyHandle defaultTable = inOrder.next();
            for (Table table : Table.values()) {
                tables.put(table, inOrder.next());
            }
            return new Session(db, defaultTable, tables, new WriteOptions(), options);
        } finally {
            if (!opened) {
                options.close();
            }
        }
    }

    /** Returns the value of a key; empty also when it cannot be read. */
    Optional<byte[]> get(Table table, byte[] key) {
        use.readLock().lock();
        try {
            Session current = session;
            return current == null
                    ? Optional.empty()
                    : Optional.ofNullable(current.db().get(current.handle(table), key));
        } catch (RocksDBException e) {
            damaged(e);
            return Optional.empty();
        } finally {
            use.readLock().unlock();
        }
    }

    /** Writes all changes of a batch or none. */
    void write(Batch batch) throws IOException {
        use.readLock().lock();
        try (WriteBatch nativeBatch = new WriteBatch()) {
            Session current = session();
            for (Batch.Change change : batch.changes()) {
                switch (change) {
                    case Batch.Change.Put put -> nativeBatch.put(current.handle(put.table()), put.key(), put.value());
                    case Batch.Change.Delete delete -> nativeBatch.delete(current.handle(delete.table()), delete.key());
                    case Batch.Change.DeleteRange range ->
                        nativeBatch.deleteRange(current.handle(range.table()), range.from(), range.to());
                }
            }
            current.db().write(current.writing(), nativeBatch);
            written.add(batch.bytes());
        } catch (RocksDBException e) {
            if (isCorruption(e)) {
                damaged(e);
            }
            throw new IOException("cannot write to the database in " + directory + ": " + e.getMessage(), e);
        } finally {
            use.readLock().unlock();
        }
    }

    /** Returns about how many bytes were written since the database was opened. */
    long bytesWritten() {
        return written.sum();
    }

    /** Receives rows in the order of their keys. */
    interface RowVisitor {
        /** Takes a row and says whether to go on. */
        boolean visit(byte[] key, byte[] value);
    }

    /** Visits the rows whose keys begin with a prefix. Rows written meanwhile are not seen. */
    void scan(Table table, byte[] prefix, RowVisitor visitor) {
        use.readLock().lock();
        try {
            Session current = session;
            if (current != null) {
                scan(current, table, prefix, visitor);
            }
        } catch (RocksDBException e) {
            damaged(e);
        } finally {
            use.readLock().unlock();
        }
    }

    private static void scan(Session current, Table table, byte[] prefix, RowVisitor visitor) throws RocksDBException {
        try (RocksIterator rows = current.db().newIterator(current.handle(table))) {
            for (rows.seek(prefix); rows.isValid(); rows.next()) {
                byte[] key = rows.key();
                if (!startsWith(key, prefix) || !visitor.visit(key, rows.value())) {
                    break;
                }
            }
            rows.status();
        }
    }

    /** Writes what is in memory to table files and gives the space of deleted rows back. */
    void compact() throws IOException {
        use.readLock().lock();
        try (FlushOptions wait = new FlushOptions().setWaitForFlush(true)) {
            Session current = session();
            current.db().flush(wait, List.copyOf(current.tables().values()));
            for (ColumnFamilyHandle table : current.tables().values()) {
                current.db().compactRange(table);
            }
        } catch (RocksDBException e) {
            if (isCorruption(e)) {
                damaged(e);
            }
            throw new IOException("cannot compact the database in " + directory + ": " + e.getMessage(), e);
        } finally {
            use.readLock().unlock();
        }
    }

    /** Returns about how many bytes the rows of a table take, those that were deleted not counted. */
    long liveBytes(Table table) {
        use.readLock().lock();
        try {
            Session current = session;
            return current == null
                    ? 0
                    : current.db().getLongProperty(current.handle(table), "rocksdb.estimate-live-data-size");
        } catch (RocksDBException e) {
            return 0;
        } finally {
            use.readLock().unlock();
        }
    }

    /** Closes the database, lets {@code replacement} put other files in its place, and opens it again. */
    void reopen(Replacement replacement) throws IOException {
        use.writeLock().lock();
        try {
            session().close();
            session = null;
            replacement.run();
            session = openSession();
        } catch (RocksDBException e) {
            throw new IOException("cannot reopen the database in " + directory + ": " + e.getMessage(), e);
        } finally {
            use.writeLock().unlock();
        }
    }

    /** Replaces the files of a database that is closed. */
    interface Replacement {
        void run() throws IOException;
    }

    @Override
    public void close() {
        use.writeLock().lock();
        try {
            Session current = session;
            if (current != null) {
                session = null;
                current.close();
            }
        } finally {
            use.writeLock().unlock();
        }
    }

    private Session session() throws IOException {
        Session current = session;
        if (current == null) {
            throw new IOException("the database in " + directory + " is closed");
        }
        return current;
    }

    private void damaged(RocksDBException e) {
        LOG.warn("database in {} is damaged: {}", directory, e.getMessage());
        onDamage.run();
    }

    static boolean isCorruption(RocksDBException e) {
        Status status = e.getStatus();
        return status != null && status.getCode() == Status.Code.Corruption;
    }

    static boolean isNoSpace(RocksDBException e) {
        Status status = e.getStatus();
        return status != null && status.getSubCode() == Status.SubCode.NoSpace;
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }
}
