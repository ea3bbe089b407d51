package dev.cairn.wrapper.config;

import dev.cairn.remote.RemoteMode;
import dev.cairn.remote.RemoteSettings;
import dev.cairn.remote.RemoteUrl;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What is set about the store that other machines share. Immutable; holds no secret but what an address may have in it.
 *
 * @param url the store; empty for none
 * @param mode what this machine does with it
 * @param namespace keeps projects apart in one store
 * @param scope where this machine writes
 * @param readScopes where it reads, the most welcome first; empty for its own scope, then {@code main}
 * @param keys of whom entries must be signed by one: public keys, and absolute paths of files that hold keys; empty to
 *     believe everything
 * @param signingKeyFile absolute path of the file with the key that signs what is written
 * @param tokenFile absolute path of the file with the token that an HTTP store wants to see
 * @param clientCertificate absolute path of the PEM file with the certificate that an https store wants to see
 * @param clientKey absolute path of the PEM file with its key; without one, the key is beside the certificate
 * @param uploadLimit bytes per second; 0 for no limit
 * @param reshare whether results that were found locally are offered to the store too
 * @param prefetch whether what earlier builds used is fetched as soon as the store had the answer to one compilation
 * @param missFilter whether what the store certainly lacks is not asked for
 * @param configuration tells builds of one branch apart in the records that they leave
 * @param timeout how long one compilation has a question to the store in all
 * @param headStart how long it waits for the store before the compiler is started, and the first of both wins
 */
public record RemoteOptions(
        Optional<RemoteUrl> url,
        RemoteMode mode,
        String namespace,
        String scope,
        List<String> readScopes,
        List<String> keys,
        Optional<String> signingKeyFile,
        Optional<String> tokenFile,
        Optional<String> clientCertificate,
        Optional<String> clientKey,
        long uploadLimit,
        boolean reshare,
        boolean prefetch,
        boolean missFilter,
        String configuration,
        Duration timeout,
        Duration headStart) {
    /** No store. */
    public static final RemoteOptions NONE = new RemoteOptions(
            Optional.empty(),
            RemoteMode.READ_WRITE,
            "default",
            RemoteSettings.MAIN,
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            0,
            false,
            true,
            true,
            "default",
            Duration.ofMillis(500),
            Duration.ofMillis(150));

    public RemoteOptions {
        readScopes = List.copyOf(readScopes);
        keys = List.copyOf(keys);
    }

    /** Returns the scopes that are read. */
    public List<String> effectiveReadScopes() {
        if (!readScopes.isEmpty()) {
            return readScopes;
        }
        return scope.equals(RemoteSettings.MAIN) ? List.of(scope) : List.of(scope, RemoteSettings.MAIN);
    }

    /** Returns the same without a store. */
    RemoteOptions without() {
        return new RemoteOptions(
                Optional.empty(),
                mode,
                namespace,
                scope,
                readScopes,
                keys,
                signingKeyFile,
                tokenFile,
                clientCertificate,
                clientKey,
                uploadLimit,
                reshare,
                prefetch,
                missFilter,
                configuration,
                timeout,
                headStart);
    }
}
