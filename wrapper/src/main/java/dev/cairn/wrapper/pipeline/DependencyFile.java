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

    /** Returns the prerequisites of each rule. */
    static List<List<String>> parse(byte[] rules) {
        return DependencyList.parse(new String(rules, StandardCharsets.ISO_8859_1));
    }
}
