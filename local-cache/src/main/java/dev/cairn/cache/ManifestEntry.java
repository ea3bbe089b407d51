package dev.cairn.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * One set of files that a compilation of some context read, and the artifact that it led to. Immutable. Paths are
 * absolute, or relative to the working directory, as the compiler named them; stored ones may have a token in place of a
 * directory that differs between checkouts.
 *
 * @param inputs every file read other than the source itself, in the order in which the compiler named them
 * @param searched directories that includes were searched in, in order
 * @param present files that an include could have meant, that existed when the entry was made, and that were not read;
 *     any further such file makes the entry invalid
 * @param probed files that existed and whose mere existence decided something; without them the entry is invalid
 * @param conditions what else must hold
 * @param bound the only place at which this entry may be used; empty when it may be used anywhere
 * @param artifact key of the artifact
 */
public record ManifestEntry(
        List<Input> inputs,
        List<String> searched,
        List<String> present,
        List<String> probed,
        List<Condition> conditions,
        String bound,
        Digest artifact) {
    /**
     * A file and its content.
     *
     * @param path as the compiler named it
     * @param content SHA-256 of its bytes
     */
    public record Input(String path, Digest content) {
        private Input withPath(String other) {
            return other.equals(path) ? this : new Input(other, content);
        }
    }

    /**
     * Something other than a file's content that an answer rests on.
     *
     * @param kind a word that whoever made the entry understands
     * @param paths the paths that it is about
     * @param value what must be so
     */
    public record Condition(String kind, List<String> paths, String value) {
        public Condition {
            paths = List.copyOf(paths);
        }

        private Condition withPaths(UnaryOperator<String> change) {
            return new Condition(kind, changed(paths, change), value);
        }
    }

    public ManifestEntry {
        inputs = List.copyOf(inputs);
        searched = List.copyOf(searched);
        present = List.copyOf(present);
        probed = List.copyOf(probed);
        conditions = List.copyOf(conditions);
    }

    /** Returns this entry with other files read. */
    public ManifestEntry withInputs(List<Input> others) {
        return new ManifestEntry(others, searched, present, probed, conditions, bound, artifact);
    }

    /** Returns this entry with another artifact, and the place at which it may be used for that. */
    public ManifestEntry leadingTo(Digest other, String place) {
        return new ManifestEntry(inputs, searched, present, probed, conditions, place, other);
    }

    /** Returns this entry with every path replaced. */
    public ManifestEntry withPaths(UnaryOperator<String> change) {
        return new ManifestEntry(
                changed(inputs, input -> input.withPath(change.apply(input.path()))),
                changed(searched, change),
                changed(present, change),
                changed(probed, change),
                changed(conditions, condition -> condition.withPaths(change)),
                bound,
                artifact);
    }

    /** Returns the list itself when nothing in it changes, as for headers of the system: then nothing more is made or compared. */
    private static <T> List<T> changed(List<T> all, UnaryOperator<T> change) {
        List<T> result = new ArrayList<>(all.size());
        boolean same = true;
        for (T one : all) {
            T other = change.apply(one);
            same &= other.equals(one);
            result.add(other);
        }
        return same ? all : List.copyOf(result);
    }
}
