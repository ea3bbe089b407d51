package dev.cairn.remote;

/** What became of a put. That the store could not be reached is an exception, not a result. */
public sealed interface PutResult {
    /** The object is stored, and has this entity tag now. */
    record Stored(String etag) implements PutResult {}

    /** There is an object under the key already; it was left as it is. */
    record AlreadyPresent() implements PutResult {}

    /** The object is not the one that was to be replaced; it was left as it is. */
    record Conflict() implements PutResult {}
}
