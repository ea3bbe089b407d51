package dev.cairn.cache;

import java.util.List;
import java.util.Optional;

/** A tier that answers for records by their keys. Implementations are thread-safe. */
interface RecordSource {
    /** Returns the entries of a context's manifest, the one last used first. */
    Optional<Found<List<ManifestEntry>>> manifest(Digest context);

    /** Returns the record of an artifact; its blobs are not checked. */
    Optional<Found<ArtifactRecord>> artifact(Digest key);

    /**
     * An answer.
     *
     * @param tier the tier that had it
     */
    record Found<T>(T value, Tier tier) {}
}
