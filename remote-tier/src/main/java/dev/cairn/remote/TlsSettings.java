package dev.cairn.remote;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Whom a client trusts and what it shows of itself. */
record TlsSettings(SSLContext context, X509TrustManager trust) {
    /**
     * Reads certificates.
     *
     * @param authorities PEM file with the only authorities to trust; without one, those of the Java runtime
     * @throws StoreException when a file cannot be used
     */
    static TlsSettings read(Optional<Path> authorities, HttpCredentials credentials) throws StoreException {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(authorities.isPresent() ? authorities(authorities.get()) : (KeyStore) null);
            X509TrustManager trusted = (X509TrustManager) trust.getTrustManagers()[0];
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(credentials), trust.getTrustManagers(), null);
            return new TlsSettings(context, trusted);
        } catch (IOException | GeneralSecurityException e) {
            throw new StoreException(
                    Failure.MISCONFIGURED,
                    "cannot use the certificates: " + StoreException.describe(e),
                    Optional.empty(),
                    Optional.of(e));
        }
    }

    private static KeyStore authorities(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(file)) {
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("authority" + number++, certificate);
            }
        }
        return store;
    }

    private static KeyManager[] keys(HttpCredentials credentials) throws IOException, GeneralSecurityException {
        if (credentials.certificate().isEmpty()) {
            return new KeyManager[0];
        }
        char[] password = credentials.certificatePassword().orElse("").toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(credentials.certificate().get())) {
            store.load(in, password);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, password);
        return keys.getKeyManagers();
    }
}
