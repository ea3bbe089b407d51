package dev.cairn.cache;

/**
 * An artifact's use of a blob. Immutable.
 *
 * @param path of the blob's file
 * @param signature of the file as it was stored, or last checked against the digest
 */
record BlobReference(Digest digest, long size, String path, FileSignature signature) {
    BlobReference signed(FileSignature newSignature) {
        return new BlobReference(digest, size, path, newSignature);
    }
}
