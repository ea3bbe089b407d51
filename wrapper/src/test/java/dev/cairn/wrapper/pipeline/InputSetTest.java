package dev.cairn.wrapper.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cache.FileStates;
import dev.cairn.cache.WatchedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InputSetTest {
    @TempDir
    private Path directory;

    private final FileStates files = new FileStates(Optional::empty);
    private final InputSet.Commons commons = new InputSet.Commons();

    private InputSet set(String common, String... own) {
        InputSet.Builder builder = new InputSet.Builder(commons);
        builder.file(file(common), file(common).content().orElseThrow()).common();
        for (String name : own) {
            builder.file(file(name), file(name).content().orElseThrow());
        }
        return builder.build();
    }

    private WatchedFile file(String name) {
        return files.at(directory.resolve(name).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"tool", "otherTool", "shared", "first", "second", "third"})
    void aUnionRestsOnEachPart(String changed) throws IOException {
        for (String name : List.of("tool", "otherTool", "shared", "first", "second", "third")) {
            Files.writeString(directory.resolve(name), "1");
        }
        InputSet union = InputSet.union(
                List.of(set("tool", "first", "shared"), set("tool", "second", "shared"), set("otherTool", "third")));
        assertThat(union.size()).isEqualTo(5);
        assertThat(union.holds()).isTrue();
        Files.writeString(directory.resolve(changed), "22");
        assertThat(union.holds()).isFalse();
    }
}
