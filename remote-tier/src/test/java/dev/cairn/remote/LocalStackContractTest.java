package dev.cairn.remote;

import dev.cairn.remote.Capabilities.Support;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.testcontainers.containers.GenericContainer;
import software.amazon.awssdk.services.s3.S3Client;

/** LocalStack, where there is a Docker engine. */
class LocalStackContractTest extends ObjectStoreContract {
    private static final ProviderVariables CREDENTIALS =
            ProviderVariables.of(Map.of("AWS_ACCESS_KEY_ID", "test", "AWS_SECRET_ACCESS_KEY", "test"));

    private static final AtomicInteger BUCKETS = new AtomicInteger();

    private static GenericContainer<?> server;

    @BeforeAll
    static void start() {
        server = Docker.start("localstack/localstack:4", 4566, "S3ContractTest");
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.stop();
        }
    }

    @Override
    ObjectStore open() throws IOException {
        RemoteUrl url = RemoteUrl.parse("s3://bucket-" + BUCKETS.incrementAndGet()
                + "/some/prefix?region=us-east-1&endpoint=" + Docker.address(server));
        try (S3Client client = S3Clients.create(url, Transport.DIRECT, CREDENTIALS, RequestLimits.DEFAULT)) {
            client.createBucket(create -> create.bucket(url.place()));
        }
        return S3ObjectStore.open(url, Transport.DIRECT, CREDENTIALS, RequestLimits.DEFAULT);
    }

    @Override
    Capabilities expected() {
        return new Capabilities(Support.YES, true);
    }
}
