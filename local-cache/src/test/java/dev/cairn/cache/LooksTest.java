package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LooksTest {
    private final FileStates files = new FileStates(Optional::empty);
    private final DirectoryStates directories = new DirectoryStates(name -> true);

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void aDirectoryWithAFile() throws IOException {
        file = Files.writeString(directory.resolve("input.h"), "text");
        Files.writeString(directory.resolve("other.h"), "");
        Inputs.outlast(CoarseClock.now());
    }

    private byte[] looks(boolean lively) {
        WatchedFile watched = files.at(file.toString());
        WatchedDirectory searched = directories.at(directory.toString());
        List<Expectation> expected = List.of(
                watched.expectContent(watched.content().orElseThrow()),
                watched.expectPresence(),
                watched.expectSameFile(),
                watched.expectSameSignature(),
                files.at(directory + "/none.h").expectAbsence(),
                files.at(directory.toString()).expectNoRegularFile(),
                files.at("/").expectPresence(),
                directories
                        .at(directory + "/none")
                        .expect(directories.at(directory + "/none").view().generation(), List.of()),
                searched.expect(searched.view().generation(), List.of()));
        return Looks.of(expected, path -> lively).orElseThrow();
    }

    @Test
    void whatIsAsItWasLooksAlike() {
        assertThat(Looks.areAlike(looks(true))).isTrue();
        assertThat(Looks.areAlike(looks(false))).isTrue();
    }

    @Test
    void anotherContentDoesNot() throws IOException {
        byte[] looks = looks(true);
        Files.writeString(file, "else");
        assertThat(Looks.areAlike(looks)).isFalse();
    }

    @Test
    void norDoesANewNameAlsoWhereNamesMayGo() throws IOException {
        byte[] lively = looks(true);
        byte[] still = looks(false);
        Files.delete(directory.resolve("other.h"));
        assertThat(Looks.areAlike(lively)).isTrue();
        assertThat(Looks.areAlike(still)).isFalse();
        Files.writeString(directory.resolve("other.h"), "back");
        assertThat(Looks.areAlike(lively)).isTrue();
        Files.writeString(directory.resolve("new.h"), "");
        assertThat(Looks.areAlike(lively)).isFalse();
    }

    @Test
    void norDoesWhatWasAbsentAndIsThere() throws IOException {
        byte[] looks = looks(true);
        Files.createDirectory(directory.resolve("none"));
        assertThat(Looks.areAlike(looks)).isFalse();
    }

    @Test
    void whatDoesNotHoldHasNoLooks() throws IOException {
        WatchedFile watched = files.at(file.toString());
        Expectation expected = watched.expectContent(watched.content().orElseThrow());
        Files.writeString(file, "else");
        Inputs.outlast(CoarseClock.now());
        assertThat(Looks.of(List.of(expected), path -> true)).isEmpty();
    }

    /** They come from disk; the worst that altered ones may do is to look different. */
    @Test
    void bytesThatAreNoLooksAreSurvived() {
        byte[] looks = looks(true);
        Random random = new Random(1);
        for (int i = 0; i < 50_000; i++) {
            byte[] altered = Arrays.copyOf(looks, 1 + random.nextInt(looks.length));
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                altered[random.nextInt(altered.length)] = (byte) random.nextInt();
            }
            assertThat(Looks.areAlike(altered)).isIn(true, false);
        }
    }
}
