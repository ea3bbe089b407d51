package dev.cairn.remote;

import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;

/**
 * What a build was of: builds of the same name use much the same artifacts. Immutable.
 *
 * @param repository such as its address; not seen in the store
 * @param branch of the repository
 * @param configuration such as the build type and the compiler
 */
public record SessionName(String repository, String branch, String configuration) {
    Digest key() {
        return Hasher.of("cairn session name")
                .put(repository)
                .put(branch)
                .put(configuration)
                .finish();
    }
}
