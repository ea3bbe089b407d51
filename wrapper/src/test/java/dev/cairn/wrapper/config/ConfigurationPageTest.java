package dev.cairn.wrapper.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigurationPageTest {
    private static final Pattern TOML_BLOCK = Pattern.compile("(?ms)^```toml\\n(.*?)^```$");

    private final Path directory;

    ConfigurationPageTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void everyExampleOfTheConfigurationPageIsUnderstood() throws IOException {
        List<String> examples = TOML_BLOCK
                .matcher(page())
                .results()
                .map(MatchResult::group)
                .map(block ->
                        block.lines().filter(line -> !line.startsWith("```")).toList())
                .map(lines -> String.join("\n", lines) + "\n")
                .toList();
        assertThat(examples).isNotEmpty();
        for (String example : examples) {
            Path file = Files.createTempFile(directory, "example", ".toml");
            Files.writeString(file, example);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            assertThat(new SettingsSource()
                            .resolve(Map.of("CAIRN_CONFIG", file.toString()))
                            .problems())
                    .as(example)
                    .isEmpty();
        }
    }

    @Test
    void everySettingIsOnTheConfigurationPageWithItsDefault() throws IOException {
        String page = page();
        for (Setting<?> setting : Setting.ALL) {
            String row = "| `" + setting.key() + "` | `" + setting.variable() + "` |";
            assertThat(page.lines().filter(line -> line.startsWith(row)))
                    .as(row)
                    .singleElement()
                    .asString()
                    .contains("| `" + setting.textIn(Settings.defaults()) + "` |");
        }
    }

    private static String page() throws IOException {
        Path start = Path.of("").toAbsolutePath();
        Path docs = Stream.iterate(start, path -> path != null, Path::getParent)
                .map(path -> path.resolve("docs/configuration.md"))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
        return Files.readString(docs);
    }
}
