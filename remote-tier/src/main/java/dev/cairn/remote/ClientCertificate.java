package dev.cairn.remote;

import java.nio.file.Path;

/**
 * What a client shows to a server that wants to know who asks. Immutable.
 *
 * @param chain PEM file with the certificate, and those between it and its authority
 * @param key PEM file with its private key, in PKCS #8 and not encrypted; may be the same file
 */
public record ClientCertificate(Path chain, Path key) {}
