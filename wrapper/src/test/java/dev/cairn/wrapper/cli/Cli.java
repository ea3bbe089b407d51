package dev.cairn.wrapper.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The command line in a directory of its own, with everything that it printed. */
final class Cli {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    final Map<String, String> environment = new HashMap<>();
    final Installation installation;
    final Path directory;
    boolean coloured;

    Cli(Path directory) throws IOException {
        this.directory = directory;
        Path cache = directory.resolve("cache");
        Path run = Files.createDirectories(cache.resolve("run"));
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwx------"));
        Path home = directory.resolve("home");
        installation = new Installation(home, home.resolve("bin/cairn"), cache, run.resolve("1.2.3.sock"), "1.2.3");
        environment.put("HOME", directory.toString());
    }

    CannedDaemon daemon(Function<ObjectNode, @Nullable String> answers) throws IOException {
        return new CannedDaemon(installation.endpoint(), answers);
    }

    int run(String... args) {
        out.reset();
        err.reset();
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                () -> coloured);
        return CommandLineTool.run(
                List.of(args),
                terminal,
                () -> Optional.of(new Surroundings(installation, environment, directory, terminal)));
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    ObjectNode json() {
        return Json.parse(out.toByteArray());
    }

    /** A distribution whose files are there; its launcher and its Java are this shell script. */
    void install(String script) throws IOException {
        for (String file : List.of(
                "bin/cairn",
                "runtime/bin/java",
                "lib/cairn.jar",
                "lib/daemon.options",
                "lib/cli.options",
                "lib/cairn.aot",
                "lib/cairn-s3.aot",
                "lib/cairn-cli.aot")) {
            executable(installation.home().resolve(file), script);
        }
    }

    static Path executable(Path file, String script) throws IOException {
        Files.createDirectories(file.toAbsolutePath().resolveSibling("."));
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
