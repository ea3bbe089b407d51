package dev.cairn.wrapper.pipeline;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Names whose presence alone can decide something, without being in any list of what a compiler read, and the directories
 * in which they were looked for. Not thread-safe.
 */
final class Questions {
    private final Set<String> names = new HashSet<>();
    private final Set<String> bases = new LinkedHashSet<>();
    private final Map<String, Set<String>> asked = new LinkedHashMap<>();

    /** Adds names that are looked for in a directory of their own, and in all that are searched. */
    void add(String base, Collection<String> more) {
        if (!more.isEmpty()) {
            names.addAll(more);
            bases.add(base);
        }
    }

    /** Adds names that are looked for in all directories that are searched. */
    void add(Collection<String> more) {
        names.addAll(more);
    }

    boolean has(String name) {
        return names.contains(name);
    }

    boolean isEmpty() {
        return names.isEmpty();
    }

    /** Returns the directories that names were added with. */
    Set<String> bases() {
        return bases;
    }

    /** Notes that names were looked for in a directory, by its absolute path. */
    void askedIn(String directory) {
        asked.computeIfAbsent(directory, d -> new HashSet<>());
    }

    /** Notes that a path was looked for in a directory. */
    void askedIn(String directory, String path) {
        asked.computeIfAbsent(directory, d -> new HashSet<>()).add(path);
    }

    /** Returns the directories with the paths looked for in them, as far as their names were not missing at once. */
    Map<String, Set<String>> asked() {
        return asked;
    }

    /** Returns the parts of the names. */
    Set<String> components() {
        Set<String> components = new HashSet<>();
        names.forEach(name -> components.addAll(List.of(name.split("/"))));
        return components;
    }
}
