package dev.cairn.cache;

import java.util.List;
import java.util.Optional;

/**
 * The local cache as the pipeline sees it. Thread-safe. Nothing here throws for a damaged or missing entry: such an
 * entry is removed as a whole and is then absent. Nothing partial or altered is ever returned.
 */
public interface ArtifactCache extends AutoCloseable {
    /** Returns the entries of a context's manifest, the one last used first; empty when there is none. */
    List<ManifestEntry> manifest(Digest context);

    /** Returns the entry of a context's manifest that leads to an artifact. */
    default Optional<ManifestEntry> entry(Digest context, Digest artifact) {
        return manifest(context).stream()
                .filter(entry -> entry.artifact().equals(artifact))
                .findFirst();
    }

    /**
     * Returns an artifact and keeps its blobs from eviction until it is closed. Both the artifact and the manifest of
     * {@code context} count as used now.
     *
     * @return empty when it is absent, was evicted, or did not match its record
     */
    Optional<PinnedArtifact> pin(Digest context, Digest artifact);

    /**
     * Whether a context's manifest leads to an artifact and that is stored, as far as records say: files are not looked
     * at. No use: it changes nothing, not even the order of eviction.
     */
    boolean contains(Digest context, Digest artifact);

    /**
     * Takes in the outputs (copies, never links, one pass), then writes artifact and manifest entry together, so that
     * a crash leaves both or neither. An equal artifact key already stored is replaced as a whole. The number of
     * entries of one manifest is bounded; the one not used for longest goes.
     *
     * @return what became of it; an I/O error is an answer, not an exception
     */
    default StoreResult store(Digest context, ManifestEntry entry, NewArtifact artifact) {
        return store(context, entry, artifact, Optional.empty());
    }

    /**
     * The same.
     *
     * @param upload the record of the upload that is due as soon as this is stored, and not otherwise: it is written together
     *     with the artifact, so that no crash comes between
     */
    StoreResult store(Digest context, ManifestEntry entry, NewArtifact artifact, Optional<Records.Entry> upload);

    /** Whether this artifact was once stored and then evicted, as far as is remembered (the last 100,000 evictions). */
    boolean wasEvicted(Digest artifact);

    /** Small durable records of other rooms (file states, statistics, history), namespaced by kind. */
    Records records();

    /** Changes the byte budget; eviction follows in the background. Costs nothing when it is the same. */
    void budget(long bytes);

    /** Returns what is stored. */
    Usage usage();

    /** Removes every manifest, artifact and blob that is not pinned; records of other rooms stay. */
    void clear();

    /** Waits until background work that was due at the time of the call is done (eviction); for tests and shutdown. */
    void settle();

    @Override
    void close();

    /** What became of a store. */
    sealed interface StoreResult {
        /** Stored; {@code bytes} were added. */
        record Stored(long bytes) implements StoreResult {}

        /** Not stored; nothing of it was left behind. {@code reason} is a word for statistics, {@code detail} one line. */
        record Refused(String reason, String detail) implements StoreResult {}
    }

    /**
     * What is stored.
     *
     * @param artifacts number of artifacts
     * @param bytes bytes on disk, database included
     * @param budget byte budget
     * @param evictions artifacts evicted since the directory was made
     */
    record Usage(long artifacts, long bytes, long budget, long evictions) {}
}
