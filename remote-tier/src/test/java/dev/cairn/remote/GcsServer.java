package dev.cairn.remote;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** The storage emulator of firebase-tools, one for all tests of this JVM. */
final class GcsServer {
    static final int PORT = TestServers.freePort();

    private static final AtomicInteger BUCKETS = new AtomicInteger();

    static {
        String node = TestServers.require("node", "nodejs");
        Path modules = modules();
        Path script = Path.of("src", "test", "node", "gcs-server.js").toAbsolutePath();
        TestServers.start(
                TestServers.directory("gcs"),
                PORT,
                List.of(node, script.toString(), Integer.toString(PORT), modules.toString()));
    }

    private GcsServer() {}

    private static Path modules() {
        Path modules = Optional.ofNullable(System.getenv("CAIRN_TEST_FIREBASE"))
                .map(Path::of)
                .orElse(Path.of("..", "target", "firebase-tools"))
                .toAbsolutePath()
                .normalize()
                .resolve("node_modules");
        if (!Files.isDirectory(modules.resolve("firebase-tools"))) {
            throw new AssertionError("these tests need the npm package firebase-tools in " + modules
                    + "; deploy/test.sh installs it, or name its place in CAIRN_TEST_FIREBASE");
        }
        return modules;
    }

    /** Returns the address of a new bucket; the server makes it when something is put there. */
    static RemoteUrl newBucket() {
        return RemoteUrl.parse("gs://bucket-" + BUCKETS.incrementAndGet() + "/some/prefix?endpoint=http://127.0.0.1:"
                + PORT + "&anonymous=true");
    }
}
