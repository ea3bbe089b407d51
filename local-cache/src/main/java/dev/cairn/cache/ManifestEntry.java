package dev.cairn.cache;

import java.util.List;

/**
 * One set of files that a compilation of some context read, and the artifact that it led to. Immutable. Paths are
 * absolute or relative to the working directory that is part of the context key, as the compiler named them.
 *
 * @param inputs every file read other than the source itself, in the order in which the compiler named them
 * @param searched directories that includes were searched in, in order
 * @param present files that an include could have meant, that existed when the entry was made, and that were not read;
 *     any further such file makes the entry invalid
 * @param probed files that existed and whose mere existence decided something; without them the entry is invalid
 * @param artifact key of the artifact
 */
public record ManifestEntry(
        List<Input> inputs, List<String> searched, List<String> present, List<String> probed, Digest artifact) {
    /**
     * A file and its content.
     *
     * @param path as the compiler named it
     * @param content SHA-256 of its bytes
     */
    public record Input(String path, Digest content) {}

    public ManifestEntry {
        inputs = List.copyOf(inputs);
        searched = List.copyOf(searched);
        present = List.copyOf(present);
        probed = List.copyOf(probed);
    }
}
