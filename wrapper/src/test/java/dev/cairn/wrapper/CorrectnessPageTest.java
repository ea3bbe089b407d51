package dev.cairn.wrapper;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/correctness.md names a test for every fault, and each of them exists. */
class CorrectnessPageTest {
    private static final Pattern ROW = Pattern.compile("^\\| ([AIODPX]\\d+) \\| ([^|]+) \\| ([^|]+) \\| ([^|]*)\\|$");
    private static final Map<String, Integer> SECTIONS = Map.of("A", 24, "I", 32, "O", 21, "D", 9, "P", 15, "X", 16);

    @Test
    void everyFaultHasARowAndEveryRowItsTests() throws IOException {
        Path root = root();
        Map<String, String> rows = new TreeMap<>();
        List<String> missing = new ArrayList<>();
        for (String line : Files.readAllLines(root.resolve("docs/correctness.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                rows.put(row.group(1), row.group(3));
                missing.addAll(missingTests(root, row));
            }
        }
        assertThat(missing).isEmpty();
        List<String> expected = SECTIONS.entrySet().stream()
                .flatMap(section -> IntStream.rangeClosed(1, section.getValue()).mapToObj(n -> section.getKey() + n))
                .sorted()
                .toList();
        assertThat(rows.keySet()).containsExactlyElementsOf(expected);
    }

    private static List<String> missingTests(Path root, Matcher row) throws IOException {
        List<String> missing = new ArrayList<>();
        boolean reachable = !row.group(3).startsWith("not reachable");
        if (reachable && row.group(4).isBlank()) {
            missing.add(row.group(1) + " names no test");
        }
        for (String name : row.group(4).strip().split(", ", -1)) {
            int dot = name.indexOf('.');
            if (dot > 0 && !exists(root, name.substring(0, dot), name.substring(dot + 1))) {
                missing.add(row.group(1) + ": " + name);
            }
        }
        return missing;
    }

    private static boolean exists(Path root, String type, String method) throws IOException {
        for (String module : List.of("local-cache", "wrapper", "remote-tier")) {
            Path tests = root.resolve(module).resolve("src/test/java");
            if (!Files.isDirectory(tests)) {
                continue;
            }
            try (Stream<Path> files = Files.walk(tests)) {
                for (Path file :
                        files.filter(path -> path.endsWith(type + ".java")).toList()) {
                    return Files.readString(file).contains(" " + method + "(");
                }
            }
        }
        return false;
    }

    private static Path root() {
        return Stream.iterate(Path.of("").toAbsolutePath(), path -> path != null, Path::getParent)
                .filter(path -> Files.exists(path.resolve("docs/correctness.md")))
                .findFirst()
                .orElseThrow();
    }
}
