package dev.cairn.cache;

/**
 * Whether anything happened to a path since it is watched. Written under the lock of its {@link ChangeFeed}, read by
 * everybody.
 */
final class ChangeMark {
    static final int UNKNOWN = -1;

    private final String path;
    private volatile int stamp = UNKNOWN;
    private int generation;

    ChangeMark(String path) {
        this.path = path;
    }

    String path() {
        return path;
    }

    /** Returns a number that is the same only as long as nothing happened; {@link #UNKNOWN} when nobody watches. */
    int stamp() {
        return stamp;
    }

    /** From now on everything that happens is told. */
    void watched() {
        if (stamp == UNKNOWN) {
            stamp = ++generation;
        }
    }

    /** Something happened, or may have. */
    void moved() {
        stamp = UNKNOWN;
    }
}
