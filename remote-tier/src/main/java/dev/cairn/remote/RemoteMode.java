package dev.cairn.remote;

/** What a machine does with the remote tier. */
public enum RemoteMode {
    READ_ONLY,
    READ_WRITE,
    WRITE_ONLY;

    boolean reads() {
        return this != WRITE_ONLY;
    }

    boolean writes() {
        return this != READ_ONLY;
    }
}
