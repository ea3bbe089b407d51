package dev.cairn.remote;

/**
 * How the uploads stand. Immutable.
 *
 * @param queued still to be uploaded, those under way included
 * @param done uploaded, or found to be there already, since the start
 * @param failed given up
 * @param dropped not uploaded, as the artifact was evicted before or the queue was full
 */
public record UploadProgress(long queued, long done, long failed, long dropped) {}
