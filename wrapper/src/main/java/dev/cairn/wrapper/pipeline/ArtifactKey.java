package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import dev.cairn.cache.ManifestEntry;

/** Makes artifact keys: of everything that was read, by the names that it has in every checkout. Stateless. */
final class ArtifactKey {
    private ArtifactKey() {}

    /**
     * Returns the key of the artifact that an entry leads to.
     *
     * @param entry with the paths of this checkout; its own artifact does not count
     * @param place the only place at which the entry may be used; empty for any
     */
    static Digest of(Context context, Digest contextKey, ManifestEntry entry, String place) {
        Hasher artifact = Hasher.of("artifact").put(contextKey).put(place);
        for (ManifestEntry.Input input : entry.inputs()) {
            artifact.put(context.roots().normalise(input.path())).put(input.content());
        }
        for (ManifestEntry.Condition condition : entry.conditions()) {
            artifact.put(condition.kind()).put(condition.value());
            condition.paths().forEach(path -> artifact.put(context.roots().normalise(path)));
        }
        return artifact.finish();
    }
}
