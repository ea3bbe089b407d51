package dev.cairn.cache;

import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;

/**
 * How RocksDB is set up: for little memory (one block cache, write buffers bounded in total, few open files) and a
 * directory that stays near the size of what is in it (small log, small tables, small compactions).
 */
final class DatabaseOptions implements AutoCloseable {
    private static final long MEBIBYTE = 1 << 20;

    private final Cache blocks = new LRUCache(4 * MEBIBYTE);
    private final BloomFilter filter = new BloomFilter(10);
    private final ColumnFamilyOptions table;
    private final DBOptions database;

    DatabaseOptions() {
        table = new ColumnFamilyOptions()
                .setTableFormatConfig(new BlockBasedTableConfig()
                        .setBlockCache(blocks)
                        .setBlockSize(8 << 10)
                        .setFilterPolicy(filter)
                        .setCacheIndexAndFilterBlocks(true)
                        .setCacheIndexAndFilterBlocksWithHighPriority(true)
                        .setPinL0FilterAndIndexBlocksInCache(true))
                .setWriteBufferSize(2 * MEBIBYTE)
                .setMaxWriteBufferNumber(2)
                .setArenaBlockSize(64 << 10)
                .setTargetFileSizeBase(4 * MEBIBYTE)
                .setMaxBytesForLevelBase(16 * MEBIBYTE)
                .setMaxCompactionBytes(16 * MEBIBYTE)
                .setLevelCompactionDynamicLevelBytes(true)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setBottommostCompressionType(CompressionType.ZSTD_COMPRESSION);
        database = new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setParanoidChecks(true)
                .setDbWriteBufferSize(4 * MEBIBYTE)
                .setMaxTotalWalSize(8 * MEBIBYTE)
                .setMaxOpenFiles(64)
                .setMaxFileOpeningThreads(1)
                .setMaxBackgroundJobs(2)
                .setAllowFAllocate(false)
                .setAvoidFlushDuringShutdown(true)
                .setSkipStatsUpdateOnDbOpen(true)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0)
                .setMaxManifestFileSize(MEBIBYTE)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setMaxLogFileSize(MEBIBYTE)
                .setKeepLogFileNum(1);
    }

    ColumnFamilyOptions table() {
        return table;
    }

    DBOptions database() {
        return database;
    }

    @Override
    public void close() {
        database.close();
        table.close();
        filter.close();
        blocks.close();
    }
}
