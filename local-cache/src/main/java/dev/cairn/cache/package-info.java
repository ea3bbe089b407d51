/**
 * The local cache: keys, file states, manifests, and the memory and disk tiers. {@link dev.cairn.cache.LocalCache} is
 * the door to the storage; nothing here knows a compiler.
 */
@NullMarked
package dev.cairn.cache;

import org.jspecify.annotations.NullMarked;
