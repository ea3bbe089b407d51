package dev.cairn.cache;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The tables of the database. The names and the kind bytes are part of the format. */
enum Table {
    /** Context digest to manifest. */
    MANIFESTS(1),
    /** Artifact digest to artifact record. */
    ARTIFACTS(2),
    /** Blob digest to its number of references and its file's signature. */
    BLOBS(3),
    /** Artifact digest to its last use and its share of the budget. */
    RECENCY(4),
    /** Kind byte and key to a record of another room. */
    RECORDS(5),
    /** Which artifacts were evicted, by digest and by order of eviction. */
    EVICTED(6),
    /** Totals and marks of the store itself. */
    META(7);

    private final byte kind;

    Table(int kind) {
        this.kind = (byte) kind;
    }

    /** Returns the byte that every value of this table begins with. */
    byte kind() {
        return kind;
    }

    /** Returns the name of the column family. */
    byte[] familyName() {
        return name().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
    }
}
