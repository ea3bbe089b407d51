package dev.cairn.cache;

import java.util.Set;

/** The names in a directory at one moment. Immutable. */
public sealed interface Listing {
    /** Whether the directory had an entry of this name (one component, one char per byte). */
    boolean has(String name);

    /**
     * A directory that could be read, or one that does not exist (no names).
     *
     * @param names not to be changed; not copied, because directories can be large
     */
    record Names(Set<String> names) implements Listing {
        static final Names EMPTY = new Names(Set.of());

        @Override
        public boolean has(String name) {
            return names.contains(name);
        }
    }

    /** A directory that may be searched but not listed; every question is asked of the file system. */
    record Unlisted(String directory) implements Listing {
        @Override
        public boolean has(String name) {
            return Statx.signature(Statx.cString(directory + "/" + name)).isPresent();
        }
    }
}
