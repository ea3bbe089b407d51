package dev.cairn.wrapper.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A copy of the distribution under test, to break or to change: the launcher copied, the rest linked. */
final class Distribution {
    private final Path home;

    private Distribution(Path home) {
        this.home = home;
    }

    static Distribution copyTo(Path home) {
        try {
            Path original = Sandbox.distribution();
            Files.createDirectories(home.resolve("bin"));
            Files.createDirectories(home.resolve("lib"));
            Files.createDirectories(home.resolve("runtime"));
            Files.copy(original.resolve("bin/cairn"), home.resolve("bin/cairn"));
            linkAll(original.resolve("lib"), home.resolve("lib"));
            linkAll(original.resolve("runtime"), home.resolve("runtime"));
            return new Distribution(home);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void linkAll(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.createSymbolicLink(to.resolve(file.getFileName()), file);
            }
        }
    }

    Path launcher() {
        return home.resolve("bin/cairn");
    }

    /** Starts its daemons with one more option of the Java runtime. */
    Distribution withJavaOption(String option) {
        try {
            Path options = home.resolve("lib/daemon.options");
            String usual = Files.readString(options);
            Files.delete(options);
            Files.writeString(options, usual + option + "\n");
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts a script in place of the Java runtime. */
    void replaceJava(String script) {
        try {
            Files.delete(home.resolve("runtime/bin"));
            Path java = Files.createDirectory(home.resolve("runtime/bin")).resolve("java");
            Files.writeString(java, script);
            Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes a file, or writes another in its place. */
    void spoil(String file, boolean remove) {
        try {
            Path path = home.resolve(file);
            Files.delete(path);
            if (!remove) {
                Files.writeString(path, "spoiled", StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Builds the launcher anew, as one of another version. */
    void compileLauncher(Sandbox box, String version) {
        Path sources = Path.of("src/main/c").toAbsolutePath();
        try (Stream<Path> files = Files.list(sources)) {
            List<String> command = new ArrayList<>(List.of("gcc", "-std=c11", "-D_GNU_SOURCE", "-O1"));
            command.add("-DCAIRN_VERSION=\"" + version + "\"");
            files.map(Path::toString).filter(name -> name.endsWith(".c")).forEach(command::add);
            command.addAll(List.of("-o", launcher().toString()));
            box.bare(command.toArray(String[]::new)).run().succeeded();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
