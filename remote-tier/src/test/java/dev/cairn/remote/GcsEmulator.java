package dev.cairn.remote;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The storage emulator of firebase-tools. Makes buckets as they are named. */
public final class GcsEmulator {
    private GcsEmulator() {}

    /** Returns the command that starts it; fails with the name of what is missing. */
    public static List<String> command(int port) {
        String node = TestServers.require("node", "nodejs");
        Path script = Path.of("..", "remote-tier", "src", "test", "node", "gcs-server.js")
                .toAbsolutePath()
                .normalize();
        return List.of(
                node, script.toString(), Integer.toString(port), modules().toString());
    }

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
}
