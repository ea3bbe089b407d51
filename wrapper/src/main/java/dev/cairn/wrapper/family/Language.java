package dev.cairn.wrapper.family;

import java.util.Map;
import java.util.Optional;

/** What a source is, as far as it matters here: whether it is preprocessed, and so whether it can include files. */
public enum Language {
    /** C, C++, Objective-C: preprocessed first. */
    SOURCE(true),
    /** A header, made into a precompiled one. */
    HEADER(true),
    /** The preprocessor's output. */
    PREPROCESSED(false),
    /** Assembler that is preprocessed first. */
    ASSEMBLER_SOURCE(true),
    /** Assembler. */
    ASSEMBLER(false);

    private static final Map<String, Language> BY_SUFFIX = Map.ofEntries(
            Map.entry("c", SOURCE),
            Map.entry("cc", SOURCE),
            Map.entry("cp", SOURCE),
            Map.entry("cxx", SOURCE),
            Map.entry("cpp", SOURCE),
            Map.entry("CPP", SOURCE),
            Map.entry("c++", SOURCE),
            Map.entry("C", SOURCE),
            Map.entry("m", SOURCE),
            Map.entry("mm", SOURCE),
            Map.entry("M", SOURCE),
            Map.entry("h", HEADER),
            Map.entry("H", HEADER),
            Map.entry("hh", HEADER),
            Map.entry("hp", HEADER),
            Map.entry("hxx", HEADER),
            Map.entry("hpp", HEADER),
            Map.entry("HPP", HEADER),
            Map.entry("h++", HEADER),
            Map.entry("tcc", HEADER),
            Map.entry("i", PREPROCESSED),
            Map.entry("ii", PREPROCESSED),
            Map.entry("mi", PREPROCESSED),
            Map.entry("mii", PREPROCESSED),
            Map.entry("S", ASSEMBLER_SOURCE),
            Map.entry("sx", ASSEMBLER_SOURCE),
            Map.entry("s", ASSEMBLER));

    private static final Map<String, Language> BY_NAME = Map.ofEntries(
            Map.entry("c", SOURCE),
            Map.entry("c++", SOURCE),
            Map.entry("objective-c", SOURCE),
            Map.entry("objective-c++", SOURCE),
            Map.entry("c-header", HEADER),
            Map.entry("c++-header", HEADER),
            Map.entry("objective-c-header", HEADER),
            Map.entry("objective-c++-header", HEADER),
            Map.entry("cpp-output", PREPROCESSED),
            Map.entry("c++-cpp-output", PREPROCESSED),
            Map.entry("objective-c-cpp-output", PREPROCESSED),
            Map.entry("objective-c++-cpp-output", PREPROCESSED),
            Map.entry("assembler-with-cpp", ASSEMBLER_SOURCE),
            Map.entry("assembler", ASSEMBLER));

    private final boolean preprocessor;

    Language(boolean preprocessor) {
        this.preprocessor = preprocessor;
    }

    /** Whether such a source goes through the preprocessor, so that a dependency list can be had. */
    public boolean goesThroughPreprocessor() {
        return preprocessor;
    }

    /** Returns the language for a file's suffix (GCC manual, "Overall Options"), or empty. */
    static Optional<Language> ofSuffix(String suffix) {
        return Optional.ofNullable(BY_SUFFIX.get(suffix));
    }

    /** Returns the language for the value of {@code -x}, or empty. */
    static Optional<Language> ofName(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }
}
