package dev.cairn.cache;

/** A place where a lookup was answered. */
public enum Tier {
    MEMORY,
    DISK,
    REMOTE
}
