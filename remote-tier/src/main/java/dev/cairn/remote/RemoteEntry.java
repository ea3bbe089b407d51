package dev.cairn.remote;

import dev.cairn.cache.Digest;

/**
 * An entry of a remote manifest. Immutable.
 *
 * @param artifact key of the artifact that it leads to
 * @param entry the entry, as it was offered; opaque here
 */
public record RemoteEntry(Digest artifact, byte[] entry) {}
