package dev.cairn.remote;

/** What the remote tier says to a question. That it cannot be asked is an answer, and not the same as a miss. */
public sealed interface RemoteAnswer<T> {
    /** It has it. */
    record Found<T>(T value) implements RemoteAnswer<T> {}

    /** It does not have it. */
    record Absent<T>() implements RemoteAnswer<T> {}

    /**
     * It did not say.
     *
     * @param reason a word for statistics
     */
    record Unavailable<T>(String reason) implements RemoteAnswer<T> {}
}
