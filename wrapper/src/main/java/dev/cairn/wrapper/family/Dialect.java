package dev.cairn.wrapper.family;

/** Whose command line and conventions a compiler follows. */
public enum Dialect {
    GCC,
    CLANG
}
