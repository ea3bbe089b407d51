package dev.cairn.remote;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.InstanceProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.auth.credentials.SystemPropertyCredentialsProvider;
import software.amazon.awssdk.auth.credentials.WebIdentityTokenFileCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.apache5.ProxyConfiguration;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Makes the client that an address asks for. */
final class S3Clients {
    private static final int CONNECTIONS = 256;

    /** The SDK takes these from the process only; they are the same for all builds on a machine. */
    private static final Map<String, String> CONTAINER = Map.of(
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "aws.containerCredentialsPath",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI", "aws.containerCredentialsFullUri",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN", "aws.containerAuthorizationToken",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "aws.containerAuthorizationTokenFile");

    private S3Clients() {}

    static S3Client create(RemoteUrl url, Transport transport, ProviderVariables variables, RequestLimits limits)
            throws StoreException {
        Optional<URI> endpoint = url.option("endpoint").map(URI::create);
        S3ClientBuilder builder = S3Client.builder()
                .httpClientBuilder(connections(transport, limits))
                .region(region(url, variables, endpoint.isPresent()))
                .credentialsProvider(credentials(url, variables))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(service -> service.chunkedEncodingEnabled(false)
                        .pathStyleAccessEnabled(url.option("path_style")
                                .map(Boolean::parseBoolean)
                                .orElse(endpoint.isPresent())))
                .overrideConfiguration(override(limits));
        endpoint.ifPresent(builder::endpointOverride);
        return builder.build();
    }

    private static Apache5HttpClient.Builder connections(Transport transport, RequestLimits limits) {
        ProxyConfiguration.Builder proxy = ProxyConfiguration.builder()
                .useSystemPropertyValues(false)
                .useEnvironmentVariableValues(false); // the process's are not the build's
        transport.proxy().ifPresent(named -> {
            proxy.endpoint(URI.create("http://" + named.host() + ":" + named.port()));
            named.user().ifPresent(proxy::username);
            named.password().ifPresent(proxy::password);
        });
        Apache5HttpClient.Builder client = Apache5HttpClient.builder()
                .maxConnections(CONNECTIONS)
                .connectionTimeout(limits.connect())
                .connectionAcquisitionTimeout(limits.silence())
                .socketTimeout(limits.silence())
                .proxyConfiguration(proxy.build());
        transport
                .tls()
                .ifPresent(tls -> client.tlsTrustManagersProvider(() -> new TrustManager[] {tls.trust()})
                        .tlsKeyManagersProvider(() -> tls.keys().toArray(KeyManager[]::new)));
        return client;
    }

    /** A connection that broke is tried once more, on a fresh one; whatever needs waiting is left to who can wait. */
    private static ClientOverrideConfiguration override(RequestLimits limits) {
        return ClientOverrideConfiguration.builder()
                .apiCallTimeout(limits.whole())
                .retryStrategy(DefaultRetryStrategy.standardStrategyBuilder()
                        .maxAttempts(2)
                        .backoffStrategy(BackoffStrategy.retryImmediately())
                        .throttlingBackoffStrategy(BackoffStrategy.retryImmediately())
                        .circuitBreakerEnabled(false)
                        // The defaults would wait in line for as long as a server wishes.
                        .useClientDefaults(false)
                        .retryOnException(S3Clients::isBrokenConnection)
                        .build())
                .build();
    }

    private static boolean isBrokenConnection(Throwable failure) {
        if (!(failure instanceof SdkClientException)) {
            return false;
        }
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return false;
            }
            if (cause instanceof IOException) {
                return Failure.of(cause) == Failure.UNREACHABLE;
            }
        }
        return false;
    }

    private static Region region(RemoteUrl url, ProviderVariables variables, boolean hasEndpoint)
            throws StoreException {
        Optional<String> named = url.option("region")
                .or(() -> variables.get("AWS_REGION"))
                .or(() -> variables.get("AWS_DEFAULT_REGION"));
        if (named.isPresent()) {
            return Region.of(named.get());
        }
        try {
            // The chain without the instance's metadata service, which may not exist and then hangs.
            Region found = new AwsRegionProviderChain(
                            new SystemSettingsRegionProvider(), new AwsProfileRegionProvider())
                    .getRegion();
            if (found != null) {
                return found;
            }
        } catch (SdkClientException e) {
            // nothing names one
        }
        if (hasEndpoint) {
            return Region.US_EAST_1;
        }
        throw new StoreException(
                Failure.MISCONFIGURED, "no region known for " + url + "; add ?region=NAME to it, or set AWS_REGION");
    }

    private static AwsCredentialsProvider credentials(RemoteUrl url, ProviderVariables variables) {
        if (url.flag("anonymous")) {
            return AnonymousCredentialsProvider.create();
        }
        List<AwsCredentialsProvider> chain = new ArrayList<>();
        chain.add(SystemPropertyCredentialsProvider.create());
        fixed(variables).ifPresent(chain::add);
        webIdentity(variables).ifPresent(chain::add);
        chain.add(profile(url, variables));
        CONTAINER.forEach((variable, property) ->
                variables.get(variable).ifPresent(value -> System.setProperty(property, value)));
        chain.add(ContainerCredentialsProvider.create());
        if (url.flag("instance_credentials")) {
            chain.add(InstanceProfileCredentialsProvider.create());
        }
        return AwsCredentialsProviderChain.builder()
                .credentialsProviders(chain)
                .reuseLastProviderEnabled(true)
                .build();
    }

    private static Optional<AwsCredentialsProvider> fixed(ProviderVariables variables) {
        return variables
                .get("AWS_ACCESS_KEY_ID")
                .flatMap(id -> variables
                        .get("AWS_SECRET_ACCESS_KEY")
                        .map(secret -> variables
                                .get("AWS_SESSION_TOKEN")
                                .<AwsCredentials>map(token -> AwsSessionCredentials.create(id, secret, token))
                                .orElseGet(() -> AwsBasicCredentials.create(id, secret)))
                        .map(StaticCredentialsProvider::create));
    }

    private static Optional<AwsCredentialsProvider> webIdentity(ProviderVariables variables) {
        return variables
                .get("AWS_WEB_IDENTITY_TOKEN_FILE")
                .flatMap(file -> variables
                        .get("AWS_ROLE_ARN")
                        .map(role -> WebIdentityTokenFileCredentialsProvider.builder()
                                .webIdentityTokenFile(Path.of(file))
                                .roleArn(role)
                                .roleSessionName(
                                        variables.get("AWS_ROLE_SESSION_NAME").orElse("cairn"))
                                .build()));
    }

    private static AwsCredentialsProvider profile(RemoteUrl url, ProviderVariables variables) {
        ProfileCredentialsProvider.Builder profile = ProfileCredentialsProvider.builder();
        url.option("profile").or(() -> variables.get("AWS_PROFILE")).ifPresent(profile::profileName);
        ProfileFile.Aggregator files = ProfileFile.aggregator();
        boolean credentials = add(files, variables.get("AWS_SHARED_CREDENTIALS_FILE"), ProfileFile.Type.CREDENTIALS);
        boolean configuration = add(files, variables.get("AWS_CONFIG_FILE"), ProfileFile.Type.CONFIGURATION);
        boolean named = credentials || configuration;
        return named ? profile.profileFile(files.build()).build() : profile.build();
    }

    private static boolean add(ProfileFile.Aggregator files, Optional<String> file, ProfileFile.Type type) {
        Optional<Path> readable = file.map(Path::of).filter(Files::isReadable);
        readable.ifPresent(path ->
                files.addFile(ProfileFile.builder().content(path).type(type).build()));
        return readable.isPresent();
    }
}
