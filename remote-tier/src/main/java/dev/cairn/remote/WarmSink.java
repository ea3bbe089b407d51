package dev.cairn.remote;

/** Takes in what a warm-up brings, from many threads. */
@FunctionalInterface
public interface WarmSink {
    /**
     * Takes an artifact; it is closed afterwards.
     *
     * @param entry what led to it when it was used; from anyone, as everything is that comes from a store
     * @return whether it could
     */
    boolean take(SessionRecord.Use use, byte[] entry, FetchedArtifact artifact);
}
