package dev.cairn.cache;

import java.util.List;

/**
 * An artifact that is to be stored; its outputs still lie where the compiler wrote them. Immutable.
 *
 * @param outputs the main output is the last
 */
public record NewArtifact(List<NewOutput> outputs, byte[] stdout, byte[] stderr) {
    /**
     * One output file to take in.
     *
     * @param path absolute path of the file the compiler wrote
     */
    public record NewOutput(String role, String path) {}

    public NewArtifact {
        outputs = List.copyOf(outputs);
    }
}
