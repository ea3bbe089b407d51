package dev.cairn.cache;

import java.util.List;

/**
 * Everything that a compilation produced. Immutable.
 *
 * @param outputs the output files; the main output is the last
 * @param stdout what the compiler wrote there, byte for byte
 * @param stderr likewise
 */
public record Artifact(List<Output> outputs, byte[] stdout, byte[] stderr) {
    /**
     * One output file.
     *
     * @param role what the file is for, in the family's words ("object", "depfile"); the request maps it to a path
     * @param executable whether it was created with execute permission
     * @param size in bytes
     * @param digest SHA-256 of its bytes
     * @param payload where its bytes are
     */
    public record Output(String role, boolean executable, long size, Digest digest, Payload payload) {}

    /** Where an output's bytes are. */
    public sealed interface Payload {
        /** The bytes themselves; used for small outputs. */
        record Inline(byte[] bytes) implements Payload {}

        /**
         * A blob file.
         *
         * @param path absolute; to be read only, and only while the artifact is pinned
         */
        record Blob(String path) implements Payload {}
    }

    public Artifact {
        outputs = List.copyOf(outputs);
    }
}
