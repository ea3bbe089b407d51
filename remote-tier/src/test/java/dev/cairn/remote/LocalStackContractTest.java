package dev.cairn.remote;

import dev.cairn.remote.Capabilities.Support;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.RegisterExtension;

/** LocalStack, where there is a Docker engine. */
class LocalStackContractTest extends ObjectStoreContract {
    private static final ProviderVariables CREDENTIALS =
            ProviderVariables.of(Map.of("AWS_ACCESS_KEY_ID", "test", "AWS_SECRET_ACCESS_KEY", "test"));

    private static final AtomicInteger BUCKETS = new AtomicInteger();

    @RegisterExtension
    static final Docker SERVER = new Docker("localstack/localstack:4", 4566, "S3ContractTest");

    @Override
    ObjectStore open() throws IOException {
        RemoteUrl url = RemoteUrl.parse("s3://bucket-" + BUCKETS.incrementAndGet()
                + "/some/prefix?region=us-east-1&endpoint=" + SERVER.address());
        TestServers.makeBucket(url, CREDENTIALS);
        return S3ObjectStore.open(url, Transport.DIRECT, CREDENTIALS, RequestLimits.DEFAULT);
    }

    @Override
    Capabilities expected() {
        return new Capabilities(Support.YES, true);
    }
}
