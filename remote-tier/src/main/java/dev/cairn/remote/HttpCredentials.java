package dev.cairn.remote;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What an HTTP store wants to see besides the address. Immutable; {@link #toString} shows no secret.
 *
 * @param bearer token of an Authorization header
 * @param basic user and password as {@code user:password}
 * @param certificate PKCS #12 file with a client certificate and its key
 * @param certificatePassword the password of that file
 */
public record HttpCredentials(
        Optional<String> bearer,
        Optional<String> basic,
        Optional<Path> certificate,
        Optional<String> certificatePassword) {
    /** No credentials. */
    public static final HttpCredentials NONE =
            new HttpCredentials(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public HttpCredentials {
        bearer.ifPresent(Secrets::register);
        basic.ifPresent(Secrets::register);
        basic.map(pair -> pair.substring(pair.indexOf(':') + 1)).ifPresent(Secrets::register);
        certificatePassword.ifPresent(Secrets::register);
    }

    @Override
    public String toString() {
        return "HttpCredentials[" + Secrets.REDACTED + "]";
    }
}
