package dev.cairn.remote;

/**
 * What is known of an object. Immutable.
 *
 * @param size in bytes
 * @param etag entity tag: another one whenever the content is another; opaque
 */
public record ObjectInfo(String key, long size, String etag) {}
