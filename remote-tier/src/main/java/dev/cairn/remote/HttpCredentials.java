package dev.cairn.remote;

import java.util.Optional;

/**
 * What a store wants to see besides the address. Immutable; {@link #toString} shows no secret.
 *
 * @param bearer token of an HTTP store's Authorization header
 * @param basic user and password for an HTTP store, as {@code user:password}
 * @param certificate for any store that is reached by https
 */
public record HttpCredentials(
        Optional<String> bearer, Optional<String> basic, Optional<ClientCertificate> certificate) {
    /** No credentials. */
    public static final HttpCredentials NONE =
            new HttpCredentials(Optional.empty(), Optional.empty(), Optional.empty());

    public HttpCredentials {
        bearer.ifPresent(Secrets::register);
        basic.ifPresent(Secrets::register);
        basic.map(pair -> pair.substring(pair.indexOf(':') + 1)).ifPresent(Secrets::register);
    }

    @Override
    public String toString() {
        return "HttpCredentials[" + Secrets.REDACTED + "]";
    }
}
