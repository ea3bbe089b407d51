package dev.cairn.cache;

/** A cache directory cannot be used. The message is one line that says what is wrong and where. */
public final class CacheUnavailable extends Exception {
    private static final long serialVersionUID = 1;

    /** Why the directory cannot be used. */
    public enum Cause {
        /** Another process, or another cache of this process, has it open. */
        IN_USE,
        /** It cannot be created, read or written. */
        NOT_WRITABLE,
        /** Its file system has no space left. */
        FULL,
        /** Its database is damaged and a new one could not be made. */
        DAMAGED,
        /** The native part of the database could not be loaded. */
        NO_NATIVE_LIBRARY
    }

    /** Why, for programs; the message is for people. */
    private final Cause reason;

    CacheUnavailable(Cause reason, String message) {
        super(message);
        this.reason = reason;
    }

    CacheUnavailable(Cause reason, String message, Throwable origin) {
        super(message, origin);
        this.reason = reason;
    }

    /** Returns why the directory cannot be used. */
    public Cause reason() {
        return reason;
    }
}
