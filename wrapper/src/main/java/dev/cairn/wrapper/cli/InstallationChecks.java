package dev.cairn.wrapper.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Looks at the distribution: files, Java runtime, versions. */
final class InstallationChecks {
    private final Installation installation;

    InstallationChecks(Installation installation) {
        this.installation = installation;
    }

    List<Check> run() {
        return List.of(files(), runtime(), version());
    }

    private Check files() {
        Path home = installation.home();
        List<String> missing = Stream.concat(
                        Stream.of("lib/cairn.jar", "lib/daemon.options", "lib/cli.options")
                                .filter(file -> !Files.isReadable(home.resolve(file))),
                        Stream.of("bin/cairn", "runtime/bin/java")
                                .filter(file -> !Files.isExecutable(home.resolve(file))))
                .toList();
        if (!missing.isEmpty()) {
            return Check.fail(
                    "distribution",
                    home + ": missing or not usable: " + String.join(", ", missing),
                    "install Cairn again");
        }
        Optional<String> cache = Stream.of("lib/cairn.aot", "lib/cairn-s3.aot", "lib/cairn-cli.aot")
                .filter(file -> !Files.isReadable(home.resolve(file)))
                .findFirst();
        if (cache.isPresent()) {
            return Check.warn(
                    "distribution",
                    home + ": " + cache.get() + " is missing, so starting is slow",
                    "install Cairn again");
        }
        return Check.ok("distribution", home + " is complete");
    }

    private Check runtime() {
        Path java = installation.home().resolve("runtime/bin/java");
        OptionalInt exit = ExternalCommand.run(List.of(java.toString(), "-version"));
        if (exit.isPresent() && exit.getAsInt() == 0) {
            return Check.ok("java", java + " works, version " + Runtime.version());
        }
        return Check.fail(
                "java",
                java + (exit.isPresent() ? " exits with " + exit.getAsInt() : " cannot be run"),
                "install Cairn again, for this operating system and processor");
    }

    /** The launcher's version is part of the name of the endpoint that it passed. */
    private Check version() {
        String socket = String.valueOf(installation.endpoint().getFileName());
        String version = installation.version();
        if (socket.equals(version + ".sock") || socket.endsWith("-" + version + ".sock")) {
            return Check.ok("version", version + ", launcher and classes alike");
        }
        return Check.fail(
                "version",
                "the classes are of version " + version + ", the launcher's endpoint is " + socket,
                "install launcher and library of one version");
    }
}
