package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Digest;
import dev.cairn.wrapper.family.Compilation;

/**
 * A verified answer and what it rests on. Immutable but for the verification's own memory.
 *
 * @param inputs everything on the file system that must still hold
 */
record Recollection(Compilation compilation, InputSet inputs, Digest context, Digest artifact) {}
