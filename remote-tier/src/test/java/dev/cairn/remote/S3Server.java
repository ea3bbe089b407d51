package dev.cairn.remote;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** S3Proxy, one for all tests of this JVM; it checks signatures. The secret has what is special in addresses. */
final class S3Server {
    static final String KEY = "test+key";
    static final String SECRET = "s3cr3t/with+all=of%the&special@chars";
    static final int PORT = TestServers.freePort();

    private static final AtomicInteger BUCKETS = new AtomicInteger();

    static {
        System.setProperty("aws.accessKeyId", KEY);
        System.setProperty("aws.secretAccessKey", SECRET);
        start();
    }

    private S3Server() {}

    private static void start() {
        Path jar = Path.of("target", "servers", "s3proxy.jar").toAbsolutePath();
        if (!Files.exists(jar)) {
            throw new AssertionError("these tests need " + jar + "; the build puts it there before they run");
        }
        Path directory = TestServers.directory("s3");
        try {
            Files.writeString(directory.resolve("s3proxy.conf"), """
                    s3proxy.endpoint=http://127.0.0.1:%d
                    s3proxy.authorization=aws-v2-or-v4
                    s3proxy.identity=%s
                    s3proxy.credential=%s
                    jclouds.provider=transient-nio2
                    """.formatted(PORT, KEY, SECRET));
            Files.writeString(
                    directory.resolve("logback.xml"), "<configuration><root level=\"WARN\"/></configuration>\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        TestServers.start(
                directory,
                PORT,
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dlogback.configurationFile=" + directory.resolve("logback.xml"),
                        "-jar",
                        jar.toString(),
                        "--properties",
                        "s3proxy.conf"));
    }

    /** Returns the address of a new bucket. */
    static RemoteUrl newBucket() {
        RemoteUrl url = bucket("bucket-" + BUCKETS.incrementAndGet(), PORT, Map.of());
        TestServers.makeBucket(url, ProviderVariables.NONE);
        return url;
    }

    /** Returns the address of a bucket on this server, or on what stands before it. */
    static RemoteUrl bucket(String name, int port, Map<String, String> more) {
        StringBuilder text =
                new StringBuilder("s3://" + name + "/some/prefix?endpoint=http://127.0.0.1:" + port + "&region=auto");
        more.forEach(
                (option, value) -> text.append('&').append(option).append('=').append(value));
        return RemoteUrl.parse(text.toString());
    }
}
