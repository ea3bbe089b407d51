package dev.cairn.cache;

import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Small durable records beside the artifacts, named by a kind and a key. Thread-safe; a write is lost at worst, never half done. */
public interface Records {
    /** What a record is about; each kind is a name space of its own. */
    enum Kind {
        /** Content digests of files, by path. */
        FILE_STATE,
        /** Counters. */
        STATISTICS,
        /** The last compilation of each output, by path. */
        HISTORY,
        /** What is still to be uploaded. */
        UPLOAD,
        /** What the contents of files say about other files, by content. */
        SCAN,
        /** Answers to invocations, and what they rest on. */
        ANSWER
    }

    /** A record's key and value. */
    record Entry(byte[] key, byte[] value) {}

    /** Returns the record, or empty. */
    Optional<byte[]> get(Kind kind, byte[] key);

    /** Writes a record; an I/O error is logged once and the write dropped. */
    void put(Kind kind, byte[] key, byte[] value);

    /** Writes several records of one kind together. */
    void putAll(Kind kind, List<Entry> records);

    /** Removes a record, if it is there. */
    void remove(Kind kind, byte[] key);

    /** Visits all records of a kind. */
    void forEach(Kind kind, BiConsumer<byte[], byte[]> visitor);
}
