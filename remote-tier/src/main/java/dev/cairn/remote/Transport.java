package dev.cairn.remote;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a store is reached: through which proxy, and with what certificates where the usual ones will not do. Immutable.
 */
record Transport(Optional<HttpProxy> proxy, Optional<TlsSettings> tls) {
    /** Straight to the store, which has a certificate that everybody trusts if it has one. */
    static final Transport DIRECT = new Transport(Optional.empty(), Optional.empty());

    /**
     * Returns what address, credentials and environment say.
     *
     * @throws StoreException when a certificate or the proxy's address cannot be used
     */
    static Transport of(RemoteUrl url, HttpCredentials credentials, ProviderVariables variables) throws StoreException {
        Optional<Path> authorities = url.option("ca").map(Path::of);
        Optional<TlsSettings> tls =
                authorities.isPresent() || credentials.certificate().isPresent()
                        ? Optional.of(TlsSettings.read(authorities, credentials.certificate()))
                        : Optional.empty();
        return new Transport(Proxies.of(url.server(), variables), tls);
    }
}
