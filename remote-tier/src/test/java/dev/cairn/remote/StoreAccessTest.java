package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in, on real servers that check. */
class StoreAccessTest {
    private static final RequestLimits LIMITS =
            new RequestLimits(Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(20));

    @Test
    void aWrongSecretIsDenied() {
        RemoteUrl bucket = S3Server.newBucket();
        String secret = System.setProperty("aws.secretAccessKey", "wrong-secret-that-nobody-may-see");
        try {
            StoreException e = failure(bucket);
            assertThat(e.failure()).isEqualTo(Failure.DENIED);
            assertThat(e.getMessage()).hasLineCount(1).doesNotContain(S3Server.SECRET, "wrong-secret");
        } finally {
            System.setProperty("aws.secretAccessKey", secret);
        }
    }

    /** The metadata service of a cloud instance does not answer elsewhere; waiting for it would take seconds. */
    @Test
    void nobodyWithoutCredentialsIsSentToAMetadataService() {
        RemoteUrl bucket = S3Server.newBucket();
        String key = System.getProperty("aws.accessKeyId");
        System.clearProperty("aws.accessKeyId");
        try {
            StoreException e = failure(bucket);
            assertThat(e.failure()).isEqualTo(Failure.DENIED);
            assertThat(e.getMessage()).contains("anonymous=true");
        } finally {
            System.setProperty("aws.accessKeyId", key);
        }
    }

    @Test
    void noRequestIsMadeForGooglesCredentialsEither() {
        String home = System.setProperty("user.home", "/nonexistent");
        try {
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(() -> ObjectStores.open(
                            RemoteUrl.parse("gs://bucket?endpoint=http://127.0.0.1:1"),
                            HttpCredentials.NONE,
                            ProviderVariables.NONE,
                            LIMITS))
                    .satisfies(e -> assertThat(e.failure()).isEqualTo(Failure.DENIED))
                    .withMessageContaining("instance_credentials=true");
        } finally {
            System.setProperty("user.home", home);
        }
    }

    @Test
    void anonymousRequestsAreNotSigned() {
        RemoteUrl bucket = S3Server.newBucket();
        RemoteUrl anonymous = S3Server.bucket(bucket.place(), S3Server.PORT, Map.of("anonymous", "true"));
        assertThat(failure(anonymous).failure()).isEqualTo(Failure.DENIED);
    }

    @Test
    void aMissingBucketIsSaid() {
        S3Server.newBucket();
        StoreException e = failure(S3Server.bucket("no-such-bucket", S3Server.PORT, Map.of()));
        assertThat(e.failure()).isEqualTo(Failure.NO_BUCKET);
    }

    @Test
    void encryptionIsAskedFor() throws IOException {
        RemoteUrl bucket = S3Server.newBucket();
        RemoteUrl encrypted = S3Server.bucket(bucket.place(), S3Server.PORT, Map.of("sse", "AES256"));
        try (ObjectStore store = ObjectStores.open(encrypted, HttpCredentials.NONE, ProviderVariables.NONE, LIMITS)) {
            store.put("key", ObjectStoreContract.text("x"));
            assertThat(store.head("key")).isPresent();
        } catch (StoreException e) {
            // A server that cannot encrypt says so, which shows that it was asked.
            assertThat(e.failure()).isIn(Failure.UNSUPPORTED, Failure.REFUSED);
        }
    }

    @Test
    void withoutARegionTheAddressIsIncomplete() {
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> ObjectStores.open(
                        RemoteUrl.parse("s3://bucket?anonymous=true"),
                        HttpCredentials.NONE,
                        ProviderVariables.NONE,
                        LIMITS))
                .satisfies(e -> assertThat(e.failure()).isEqualTo(Failure.MISCONFIGURED))
                .withMessageContaining("region");
    }

    @Test
    void aPasswordWithSpecialCharactersOpensTheDoor() throws IOException {
        RemoteUrl url = RemoteUrl.parse("http://127.0.0.1:" + NginxServer.PORT + "/basic");
        roundTrip(url, basic("user:" + NginxServer.PASSWORD));
        assertThat(failure(url, basic("user:wrong")).failure()).isEqualTo(Failure.DENIED);
        assertThat(failure(url, HttpCredentials.NONE).failure()).isEqualTo(Failure.DENIED);
    }

    @Test
    void theAddressMayHoldThePassword() throws IOException {
        roundTrip(
                RemoteUrl.parse(
                        "http://user:p%3Bss%2Fw%C3%B6rd%40+%25@127.0.0.1:" + NginxServer.PORT + "/basic/in/address"),
                HttpCredentials.NONE);
    }

    @Test
    void aTokenOpensTheDoor() throws IOException {
        RemoteUrl url = RemoteUrl.parse("http://127.0.0.1:" + NginxServer.PORT + "/bearer");
        roundTrip(url, bearer(NginxServer.TOKEN));
        assertThat(failure(url, bearer("other-token")).failure()).isEqualTo(Failure.DENIED);
    }

    @Test
    void aClientCertificateOpensTheDoor() throws IOException {
        RemoteUrl url = tls("/open/tls?ca=" + NginxServer.CERTIFICATES.resolve("server.pem"));
        roundTrip(url, certificate("client.pem", "client.key"));
        roundTrip(url, certificate("curve.pem", "curve.pem"));
        assertThat(failure(url, HttpCredentials.NONE).failure()).isIn(Failure.REFUSED, Failure.TLS);
    }

    @Test
    void aServerThatNobodyVouchesForIsNotTrusted() {
        StoreException e = failure(tls("/open/tls"), HttpCredentials.NONE);
        assertThat(e.failure()).isEqualTo(Failure.TLS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:1/x", "http://no-such-host.invalid/x"})
    void nobodyThereIsUnreachable(String url) {
        assertThat(failure(RemoteUrl.parse(url), HttpCredentials.NONE).failure())
                .isEqualTo(Failure.UNREACHABLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:1", "http://no-such-host.invalid"})
    void noS3ServerThereIsUnreachable(String endpoint) {
        S3Server.newBucket();
        RemoteUrl url = RemoteUrl.parse("s3://bucket?endpoint=" + endpoint);
        assertThat(failure(url).failure()).isEqualTo(Failure.UNREACHABLE);
    }

    @Test
    void aCertificateFileThatIsNotThereIsAMistakeOfTheConfiguration() {
        assertMistake(certificate("none.pem", "client.key"), "none.pem");
    }

    @ParameterizedTest
    @ValueSource(strings = {"encrypted.key", "client.pem"})
    void aKeyThatCannotBeReadIsAMistakeOfTheConfiguration(String key) {
        assertMistake(certificate("client.pem", key), "openssl pkcs8");
    }

    /** None of the servers' names would resolve here, so only who asks the proxy gets an answer. */
    @ParameterizedTest
    @ValueSource(strings = {"http", "https", "s3", "gcs"})
    void aProxyOfTheEnvironmentIsAsked(String kind) throws IOException {
        try (ForwardProxy proxy = ForwardProxy.toThisMachine("user:p@ss")) {
            Map<String, String> environment =
                    Map.of("all_proxy", "http://user:p%40ss@127.0.0.1:" + proxy.port(), "no_proxy", "other.invalid");
            RemoteUrl url = RemoteUrl.parse(
                    switch (kind) {
                        case "http" -> "http://store.invalid:" + NginxServer.PORT + "/open/proxied";
                        case "https" ->
                            "https://127.0.0.1:" + NginxServer.TLS_PORT + "/open/tls?ca="
                                    + NginxServer.CERTIFICATES.resolve("server.pem");
                        case "s3" ->
                            "s3://" + S3Server.newBucket().place() + "/x?endpoint=http://store.invalid:"
                                    + S3Server.PORT;
                        default -> "gs://bucket/x?anonymous=true&endpoint=http://store.invalid:" + GcsServer.PORT;
                    });
            HttpCredentials shown = certificate("client.pem", "client.key");
            roundTrip(url, shown, ProviderVariables.of(environment));
            assertThat(proxy.requests()).isPositive();
        }
    }

    @Test
    void aProxyThatRefusesIsSaid() throws IOException {
        try (ForwardProxy proxy = ForwardProxy.toThisMachine("user:p@ss")) {
            ProviderVariables wrong =
                    ProviderVariables.of(Map.of("http_proxy", "http://user:other@127.0.0.1:" + proxy.port()));
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(() -> roundTrip(NginxServer.newArea(), HttpCredentials.NONE, wrong))
                    .withMessageContaining("407")
                    .satisfies(e -> assertThat(e.failure()).isEqualTo(Failure.DENIED));
        }
    }

    private static void assertMistake(HttpCredentials credentials, String said) {
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> ObjectStores.open(tls("/open"), credentials, ProviderVariables.NONE, LIMITS))
                .withMessageContaining(said)
                .satisfies(e -> assertThat(e.failure()).isEqualTo(Failure.MISCONFIGURED));
    }

    private static HttpCredentials certificate(String chain, String key) {
        return new HttpCredentials(
                Optional.empty(),
                Optional.empty(),
                Optional.of(new ClientCertificate(
                        NginxServer.CERTIFICATES.resolve(chain), NginxServer.CERTIFICATES.resolve(key))));
    }

    private static RemoteUrl tls(String rest) {
        return RemoteUrl.parse("https://127.0.0.1:" + NginxServer.TLS_PORT + rest);
    }

    private static HttpCredentials basic(String pair) {
        return new HttpCredentials(Optional.empty(), Optional.of(pair), Optional.empty());
    }

    private static HttpCredentials bearer(String token) {
        return new HttpCredentials(Optional.of(token), Optional.empty(), Optional.empty());
    }

    private static void roundTrip(RemoteUrl url, HttpCredentials credentials) throws IOException {
        roundTrip(url, credentials, ProviderVariables.NONE);
    }

    private static void roundTrip(RemoteUrl url, HttpCredentials credentials, ProviderVariables variables)
            throws IOException {
        try (ObjectStore store = ObjectStores.open(url, credentials, variables, LIMITS)) {
            store.put("a/b", ObjectStoreContract.text("x"));
            assertThat(store.head("a/b")).isPresent();
        }
    }

    private static StoreException failure(RemoteUrl url) {
        return failure(url, HttpCredentials.NONE);
    }

    private static StoreException failure(RemoteUrl url, HttpCredentials credentials) {
        try (ObjectStore store = ObjectStores.open(url, credentials, ProviderVariables.NONE, LIMITS)) {
            store.put("a/b", ObjectStoreContract.text("x"));
            throw new AssertionError("was let in");
        } catch (StoreException e) {
            return e;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
