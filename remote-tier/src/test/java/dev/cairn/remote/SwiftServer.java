package dev.cairn.remote;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** OpenStack Swift with its S3 middleware, one for all tests of this JVM; it can do less than S3. */
final class SwiftServer {
    static final String KEY = "cairn:user";
    static final String SECRET = "secret";

    private static final int PORT = TestServers.freePort();
    private static final AtomicInteger BUCKETS = new AtomicInteger();

    static {
        TestServers.require("swift-ring-builder", "swift");
        for (String kind : List.of("proxy", "account", "container", "object")) {
            TestServers.require("swift-" + kind + "-server", "swift-" + kind);
        }
        Path directory = TestServers.directory("swift");
        TestServers.start(
                directory,
                PORT,
                List.of(
                        "sh",
                        Path.of("src", "test", "swift", "swift.sh")
                                .toAbsolutePath()
                                .toString(),
                        directory.toString(),
                        Integer.toString(PORT),
                        Integer.toString(TestServers.freePort()),
                        Integer.toString(TestServers.freePort()),
                        Integer.toString(TestServers.freePort())));
    }

    private SwiftServer() {}

    /** Returns the address of a new bucket. */
    static RemoteUrl newBucket() {
        RemoteUrl url = RemoteUrl.parse("s3://bucket-" + BUCKETS.incrementAndGet()
                + "/some/prefix?region=us-east-1&endpoint=http://127.0.0.1:" + PORT);
        await("its other three servers")
                .atMost(Duration.ofSeconds(60))
                .ignoreException(AwsServiceException.class)
                .untilAsserted(() -> TestServers.makeBucket(url, ProviderVariables.NONE));
        return url;
    }
}
