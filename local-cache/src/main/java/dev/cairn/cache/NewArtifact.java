package dev.cairn.cache;

import java.util.List;

/**
 * An artifact that is to be stored. Immutable.
 *
 * @param outputs the main output is the last
 */
public record NewArtifact(List<NewOutput> outputs, byte[] stdout, byte[] stderr) {
    /** One output to take in. */
    public sealed interface NewOutput {
        /** Returns what it is for. */
        String role();

        /**
         * A file that still lies where the compiler wrote it.
         *
         * @param path absolute path
         */
        record Written(String role, String path) implements NewOutput {}

        /** Bytes that stand for a file. */
        record Text(String role, byte[] bytes) implements NewOutput {}
    }

    public NewArtifact {
        outputs = List.copyOf(outputs);
    }
}
