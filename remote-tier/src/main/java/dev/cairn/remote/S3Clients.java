package dev.cairn.remote;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.InstanceProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.SystemPropertyCredentialsProvider;
import software.amazon.awssdk.auth.credentials.WebIdentityTokenFileCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
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

    private S3Clients() {}

    static S3Client create(RemoteUrl url, RequestLimits limits) throws StoreException {
        Optional<URI> endpoint = url.option("endpoint").map(URI::create);
        S3ClientBuilder builder = S3Client.builder()
                .httpClientBuilder(Apache5HttpClient.builder()
                        .maxConnections(CONNECTIONS)
                        .connectionTimeout(limits.connect())
                        .connectionAcquisitionTimeout(limits.silence())
                        .socketTimeout(limits.silence()))
                .region(region(url, endpoint.isPresent()))
                .credentialsProvider(credentials(url))
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

    private static Region region(RemoteUrl url, boolean hasEndpoint) throws StoreException {
        Optional<String> named = url.option("region");
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

    private static AwsCredentialsProvider credentials(RemoteUrl url) {
        if (url.flag("anonymous")) {
            return AnonymousCredentialsProvider.create();
        }
        List<AwsCredentialsProvider> chain = new ArrayList<>();
        chain.add(SystemPropertyCredentialsProvider.create());
        chain.add(EnvironmentVariableCredentialsProvider.create());
        chain.add(WebIdentityTokenFileCredentialsProvider.create());
        ProfileCredentialsProvider.Builder profile = ProfileCredentialsProvider.builder();
        url.option("profile").ifPresent(profile::profileName);
        chain.add(profile.build());
        chain.add(ContainerCredentialsProvider.create());
        if (url.flag("instance_credentials")) {
            chain.add(InstanceProfileCredentialsProvider.create());
        }
        return AwsCredentialsProviderChain.builder()
                .credentialsProviders(chain)
                .reuseLastProviderEnabled(true)
                .build();
    }
}
