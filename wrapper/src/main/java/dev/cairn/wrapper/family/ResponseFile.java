package dev.cairn.wrapper.family;

import dev.cairn.cache.Digest;

/**
 * A file that arguments were read from.
 *
 * @param path absolute
 * @param content what was read
 */
public record ResponseFile(String path, Digest content) {}
