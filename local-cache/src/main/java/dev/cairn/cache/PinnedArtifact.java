package dev.cairn.cache;

/**
 * An artifact whose blob files stay in place until it is closed. Closing twice is harmless. Thread-safe.
 */
public interface PinnedArtifact extends AutoCloseable {
    /** Returns the artifact; all its blob files were there and matched their records when it was pinned. */
    Artifact artifact();

    /** Returns the tier that answered. */
    Tier tier();

    @Override
    void close();
}
