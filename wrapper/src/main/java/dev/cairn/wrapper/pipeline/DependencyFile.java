package dev.cairn.wrapper.pipeline;

import dev.cairn.wrapper.family.DependencyList;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads the dependency list that a compiler left in a file. Stateless. */
final class DependencyFile {
    private DependencyFile() {}

    static Optional<byte[]> read(String path) {
        try {
            return Optional.of(Files.readAllBytes(Path.of(path)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Returns the prerequisites; none when this is not a rule. */
    static List<String> parse(byte[] rule) {
        return DependencyList.parse(new String(rule, StandardCharsets.ISO_8859_1))
                .orElse(List.of());
    }
}
