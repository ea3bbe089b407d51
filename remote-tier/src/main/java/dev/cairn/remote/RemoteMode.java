package dev.cairn.remote;

/** What a machine does with the remote tier. */
public enum RemoteMode {
    READ_ONLY,
    READ_WRITE,
    WRITE_ONLY;

    /** Whether it asks for what others made. */
    public boolean reads() {
        return this != WRITE_ONLY;
    }

    /** Whether it offers what it made. */
    public boolean writes() {
        return this != READ_ONLY;
    }
}
