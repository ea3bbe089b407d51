package dev.cairn.cache;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A store's directory, locked, with its database open. Opening replaces a damaged database by an empty one. */
final class OpenStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenStore.class);
    private static final byte[] CLOSED_IN_ORDER = "closed-in-order".getBytes(StandardCharsets.US_ASCII);

    /** What opening writes at least; a file system that has not even that is full. */
    private static final int PROBE_BYTES = 64 << 10;

    private final StoreDirectory directory;
    private final DirectoryLock lock;
    private final Database database;
    private final Damage damage;
    private final boolean closedInOrder;

    private OpenStore(StoreDirectory directory, DirectoryLock lock, Database database, Damage damage)
            throws IOException {
        this.directory = directory;
        this.lock = lock;
        this.database = database;
        this.damage = damage;
        this.closedInOrder = database.get(Table.META, CLOSED_IN_ORDER).isPresent();
        database.write(new Batch().delete(Table.META, CLOSED_IN_ORDER));
    }

    static OpenStore open(Path cacheDirectory, Damage damage) throws CacheUnavailable {
        NativeLibrary.load();
        StoreDirectory directory;
        DirectoryLock lock;
        try {
            directory = StoreDirectory.under(cacheDirectory);
            lock = DirectoryLock.take(directory);
        } catch (IOException e) {
            throw unavailable(cacheDirectory, e);
        }
        try {
            return open(directory, lock, damage);
        } catch (IOException | CacheUnavailable e) {
            release(lock);
            throw e instanceof CacheUnavailable known ? known : unavailable(cacheDirectory, (IOException) e);
        }
    }

    private static OpenStore open(StoreDirectory directory, DirectoryLock lock, Damage damage)
            throws IOException, CacheUnavailable {
        directory.deleteTemporaries();
        probe(directory);
        Database database = openDatabase(directory, damage);
        try {
            return new OpenStore(directory, lock, database, damage);
        } catch (IOException e) {
            database.close();
            throw e;
        }
    }

    private static void probe(StoreDirectory directory) throws IOException {
        Path temporary = directory.newTemporary();
        try {
            Files.write(temporary, new byte[PROBE_BYTES]);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static Database openDatabase(StoreDirectory directory, Damage damage) throws IOException, CacheUnavailable {
        if (directory.isMarkedForRebuild()) {
            LOG.warn("the database in {} was found damaged before; starting with an empty one", directory.root());
            directory.discardAll();
            directory.unmarkForRebuild();
        }
        try {
            return Database.open(directory.database(), damage.files()::make);
        } catch (RocksDBException e) {
            if (Database.isNoSpace(e)) {
                throw new CacheUnavailable(
                        CacheUnavailable.Cause.FULL, "no space left in cache directory " + directory.root(), e);
            }
            LOG.warn(
                    "cannot open the database in {} ({}); starting with an empty one",
                    directory.root(),
                    e.getMessage());
        }
        directory.discardAll();
        try {
            return Database.open(directory.database(), damage.files()::make);
        } catch (RocksDBException e) {
            throw new CacheUnavailable(
                    CacheUnavailable.Cause.DAMAGED,
                    "cannot make a database in cache directory " + directory.root() + ": " + e.getMessage(),
                    e);
        }
    }

    StoreDirectory directory() {
        return directory;
    }

    Database database() {
        return database;
    }

    /** Whether the process that had the store before closed it in order. */
    boolean wasClosedInOrder() {
        return closedInOrder;
    }

    @Override
    public void close() {
        try {
            if (damage.files().isOutstanding()) {
                directory.markForRebuild();
            } else if (!damage.rows().isOutstanding()) {
                database.write(new Batch().put(Table.META, CLOSED_IN_ORDER, new byte[0]));
            }
        } catch (IOException e) {
            LOG.warn("cannot close {} in order: {}", directory.root(), e.toString());
        }
        database.close();
        release(lock);
    }

    private static void release(DirectoryLock lock) {
        try {
            lock.close();
        } catch (IOException e) {
            LOG.warn("cannot release the lock of a cache directory: {}", e.toString());
        }
    }

    private static CacheUnavailable unavailable(Path directory, IOException e) {
        String why =
                e instanceof FileSystemException known && known.getReason() != null ? known.getReason() : e.toString();
        boolean full = String.valueOf(e.getMessage()).contains("No space left");
        return full
                ? new CacheUnavailable(CacheUnavailable.Cause.FULL, "no space left in cache directory " + directory, e)
                : new CacheUnavailable(
                        CacheUnavailable.Cause.NOT_WRITABLE, "cannot use cache directory " + directory + ": " + why, e);
    }
}
