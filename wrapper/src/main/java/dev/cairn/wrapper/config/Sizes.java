package dev.cairn.wrapper.config;

import java.util.Optional;

/** Sizes as settings and options of commands write them. */
public final class Sizes {
    private Sizes() {}

    /** Returns a size in bytes; empty for what is not one. */
    public static Optional<Long> read(String text) {
        return ValueType.SIZE.read(text);
    }

    /** Returns what a size has to be, to be read after "is not". */
    public static String expected() {
        return ValueType.SIZE.expected();
    }
}
