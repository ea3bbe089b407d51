package dev.cairn.remote;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * A store of whole objects under keys, as S3 and its like offer it. Objects are written and read as a whole; a reader
 * never sees a part of one. Implementations are thread-safe.
 *
 * <p>A key is one or more segments of ASCII letters, digits and {@code . _ - = + @}, joined by single slashes; a segment
 * has 1 to 200 characters and does not begin with a dot. A key must not be the beginning of another up to a slash.
 * Every method throws {@link IllegalArgumentException} for what is not a key, and {@link IOException} (a {@link
 * StoreException} where the store itself says why) when the store cannot be reached or refuses, which says nothing about
 * the object.
 */
public interface ObjectStore extends AutoCloseable {
    /** Returns what the store can do, as far as is known without asking it. */
    Capabilities capabilities();

    /** Returns an object, which must be closed, or empty when there is none. */
    Optional<StoredObject> get(String key) throws IOException;

    /**
     * Returns an object's bytes alone, which must be closed, or empty when there is none; with fewer requests than {@link
     * #get} where its tag would cost one.
     */
    default Optional<InputStream> content(String key) throws IOException {
        return get(key).map(StoredObject::content);
    }

    /** Returns what is known of an object without its content, or empty when there is none. */
    Optional<ObjectInfo> head(String key) throws IOException;

    /** Stores an object, in place of the one that may be there. Returns its entity tag. */
    PutResult.Stored put(String key, Content content) throws IOException;

    /**
     * Stores an object if there is none under the key. Of several writers at once exactly one succeeds, where the
     * store has conditional puts.
     *
     * @return {@link PutResult.Stored} or {@link PutResult.AlreadyPresent}
     */
    PutResult putIfAbsent(String key, Content content) throws IOException;

    /**
     * Replaces an object if it still has the entity tag that it was read with.
     *
     * @return {@link PutResult.Stored}, or {@link PutResult.Conflict} when it has another or is gone
     */
    PutResult putIfMatch(String key, Content content, String etag) throws IOException;

    /**
     * Visits the objects whose keys begin with a prefix, in no particular order, until the visitor has enough. Objects
     * written or deleted meanwhile may or may not be visited.
     *
     * @param prefix any beginning of a key, also within a segment; empty for all
     */
    void list(String prefix, Visitor visitor) throws IOException;

    /**
     * Deletes an object.
     *
     * @return whether there was one
     */
    boolean delete(String key) throws IOException;

    @Override
    void close() throws IOException;

    /** Receives the objects of a listing. */
    @FunctionalInterface
    interface Visitor {
        /**
         * Takes an object.
         *
         * @param size in bytes
         * @return whether to go on
         */
        boolean visit(String key, long size) throws IOException;
    }
}
