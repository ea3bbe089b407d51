package dev.cairn.wrapper.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cache.Digest;
import dev.cairn.cache.FileStates;
import dev.cairn.cache.Hasher;
import dev.cairn.cache.ManifestEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class PreparationTest {
    private static final String TEXT = "#include <asked_for.h>\n";

    @TempDir
    Path directory;

    private final Scans scans = new Scans(Optional::empty);
    private final Preparation preparation = new Preparation(new FileStates(Optional::empty), scans);

    private static ManifestEntry entry(String path, String text) {
        Digest content = Hasher.content(text.getBytes(StandardCharsets.US_ASCII));
        return new ManifestEntry(
                List.of(new ManifestEntry.Input(path, content)),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                "",
                content);
    }

    private boolean isScanned(String path, String text) {
        preparation.begin().of(entry(path, text));
        return scans.mention("asked_for.h");
    }

    private String header(String text) throws IOException {
        return Files.writeString(directory.resolve("h.h"), text).toString();
    }

    @Test
    void aHeaderIsScannedWhoseContentIsTheOneThatWasRead() throws IOException {
        assertThat(isScanned(header(TEXT), TEXT)).isTrue();
    }

    @Test
    void anotherContentIsLeftToTheCompilation() throws IOException {
        assertThat(isScanned(header(TEXT), TEXT + "int other;\n")).isFalse();
    }

    @Test
    void aFileThatIsLargeIsNotRead() throws IOException {
        String large = TEXT + " ".repeat(9 << 20);
        assertThat(isScanned(header(large), large)).isFalse();
    }

    @Test
    void aNameThatDependsOnTheCheckoutIsNone() throws IOException {
        header(TEXT);
        assertThat(isScanned("h.h", TEXT)).isFalse();
        assertThat(isScanned("\0s/h.h", TEXT)).isFalse();
    }

    @Test
    @Timeout(20)
    void whatIsNoFileIsNotRead() throws IOException, InterruptedException {
        Path pipe = directory.resolve("pipe.h");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertThat(isScanned(pipe.toString(), TEXT)).isFalse();
        assertThat(isScanned(directory.toString(), TEXT)).isFalse();
        assertThat(isScanned("/dev/zero", TEXT)).isFalse();
    }
}
