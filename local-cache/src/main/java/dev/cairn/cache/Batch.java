package dev.cairn.cache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Changes that are written to the database together or not at all. Not thread-safe. */
final class Batch {
    /** One change. */
    sealed interface Change {
        record Put(Table table, byte[] key, byte[] value) implements Change {}

        record Delete(Table table, byte[] key) implements Change {}

        /** Deletes the keys from {@code from} (inclusive) to {@code to} (exclusive). */
        record DeleteRange(Table table, byte[] from, byte[] to) implements Change {}
    }

    private final List<Change> changes = new ArrayList<>();
    private long bytes;

    Batch put(Table table, byte[] key, byte[] value) {
        changes.add(new Change.Put(table, key, value));
        bytes += key.length + value.length;
        return this;
    }

    Batch delete(Table table, byte[] key) {
        changes.add(new Change.Delete(table, key));
        bytes += key.length;
        return this;
    }

    Batch deleteRange(Table table, byte[] from, byte[] to) {
        changes.add(new Change.DeleteRange(table, from, to));
        return this;
    }

    /** Deletes every row of a table whose keys are digests or begin with a small byte. */
    Batch deleteAll(Table table) {
        byte[] last = new byte[64];
        Arrays.fill(last, (byte) 0xff);
        return deleteRange(table, new byte[0], last);
    }

    List<Change> changes() {
        return changes;
    }

    boolean isEmpty() {
        return changes.isEmpty();
    }

    /** Returns about how many bytes the batch adds to the write-ahead log. */
    long bytes() {
        return bytes;
    }
}
