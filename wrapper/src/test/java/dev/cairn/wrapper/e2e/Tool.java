package dev.cairn.wrapper.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Programs that the tests need. */
final class Tool {
    /** Where the tests look for programs; nothing else of the caller's PATH comes in. */
    static final List<Path> DIRECTORIES = List.of(
            Path.of("/usr/local/bin"), Path.of("/usr/bin"), Path.of("/bin"), Path.of("/usr/sbin"), Path.of("/sbin"));

    private Tool() {}

    /** Returns the path of a program; fails with its name when it is not installed. */
    static Path require(String name) {
        if (name.startsWith("/")) {
            return Path.of(name);
        }
        return DIRECTORIES.stream()
                .map(directory -> directory.resolve(name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("this test needs " + name + ", which is not installed"));
    }
}
