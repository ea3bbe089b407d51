package dev.cairn.cache;

import java.util.Optional;

/** Something that must hold of one path. {@link WatchedFile} and {@link WatchedDirectory} make them. Thread-safe. */
public sealed interface Expectation permits FileExpectation, WatchedDirectory.NoNewName {
    /** Returns the path. */
    String path();

    /** Whether it holds now. */
    boolean holds();

    /** Returns how the path looks while this is sure to hold; empty when that is not known, or looks can't tell. */
    Optional<Appearance> appearance();
}
