package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A directory into which a build writes; every name could matter to somebody. */
@ParameterizedClass(name = "{0} files in it")
@ValueSource(ints = {0, 100})
class LivelyDirectoryTest {
    private static final int ENOUGH = 10;
    private static final Collection<String> ASKED = List.of("asked.h", "sub", "other.h");

    private final DirectoryStates directories = new DirectoryStates(name -> true);
    private final int files;

    @TempDir
    Path home;

    private Path path;
    private WatchedDirectory directory;

    LivelyDirectoryTest(int files) {
        this.files = files;
    }

    @BeforeEach
    void aLivelyDirectory() throws IOException {
        path = Files.createDirectory(home.resolve("lively"));
        for (int i = 0; i < files; i++) {
            Files.createFile(path.resolve("file" + i));
        }
        directory = directories.at(path.toString());
        for (int i = 0; i < ENOUGH; i++) {
            move();
            directory.view();
        }
        assertThat(directory.view().lively()).isTrue();
    }

    /** As a build does that removes an output and writes it again. */
    private void move() throws IOException {
        Path output = path.resolve("output.o");
        Files.deleteIfExists(output);
        Inputs.outlast(CoarseClock.now());
        Files.createFile(output);
    }

    private Expectation expect(Collection<String> names) {
        return directory.expect(directory.view().generation(), names);
    }

    @Test
    void holdsWhileNothingComes() throws IOException {
        Expectation expected = expect(ASKED);
        for (int i = 0; i < ENOUGH; i++) {
            move();
            assertThat(expected.holds()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"asked.h", "sub", "other.h"})
    void aNameThatWasAskedForIsSeen(String name) throws IOException {
        Expectation expected = expect(ASKED);
        move();
        assertThat(expected.holds()).isTrue();
        Files.createFile(path.resolve(name));
        assertThat(expected.holds()).isFalse();
        Files.delete(path.resolve(name));
        assertThat(expected.holds())
                .as("nor is it trusted when the name is gone")
                .isFalse();
    }

    @Test
    void soIsALinkThatLeadsNowhereAndADirectory() throws IOException {
        Expectation one = expect(ASKED);
        Files.createSymbolicLink(path.resolve("asked.h"), Path.of("nowhere"));
        assertThat(one.holds()).isFalse();
        Expectation other = expect(ASKED);
        assertThat(other.holds()).isTrue();
        Files.createDirectory(path.resolve("sub"));
        assertThat(other.holds()).isFalse();
    }

    @Test
    void soIsANameThatWasAskedForLater() throws IOException {
        Inputs.outlast(CoarseClock.now());
        Expectation first = expect(ASKED);
        assertThat(first.holds()).isTrue();
        Expectation second = expect(List.of("late.h"));
        move();
        assertThat(second.holds()).isTrue();
        Files.createFile(path.resolve("late.h"));
        assertThat(second.holds()).isFalse();
    }

    @Test
    void soIsANameThatWasThereAndWentBeforeItWasAskedFor() throws IOException {
        Files.createFile(path.resolve("back.h"));
        Expectation first = expect(ASKED);
        Files.delete(path.resolve("back.h"));
        assertThat(first.holds()).isTrue();
        Expectation second = expect(List.of("back.h"));
        assertThat(second.holds()).isTrue();
        Files.createFile(path.resolve("back.h"));
        assertThat(second.holds()).isFalse();
    }

    /** No listing could tell that it does not matter: every name could. */
    @Test
    void anotherNameNeedsNoListing() throws IOException {
        Expectation expected = expect(ASKED);
        Files.createFile(path.resolve("somebody-elses.h"));
        assertThat(expected.holds()).isTrue();
    }

    @Test
    void whatNobodyHasLookedAtForAWhileIsListed() throws IOException, InterruptedException {
        Expectation expected = expect(ASKED);
        Files.createFile(path.resolve("somebody-elses.h"));
        Thread.sleep(200);
        assertThat(expected.holds()).isFalse();
    }

    @Test
    void namesThatNoFileCanHaveAreNotThereAndHideNoOther() throws IOException {
        Expectation expected = expect(List.of("n".repeat(300), "", "a\0b", "c\0", "\0d", "asked.h", "other.h"));
        move();
        assertThat(expected.holds()).isTrue();
        Files.createFile(path.resolve("asked.h"));
        assertThat(expected.holds()).isFalse();
        Expectation again = expect(ASKED);
        Files.createFile(path.resolve("other.h"));
        assertThat(again.holds()).isFalse();
    }

    @Test
    void aNameThatAnotherThreadAsksForAtThatMomentIsSeen() throws Exception {
        for (int round = 0; round < 100; round++) {
            String prefix = "round" + round + "-";
            Set<String> names = IntStream.range(0, 20).mapToObj(i -> prefix + i).collect(Collectors.toSet());
            Expectation before = expect(ASKED);
            before.holds();
            Thread other = Thread.ofPlatform().start(() -> expect(names));
            Expectation expected = expect(names);
            Files.createFile(path.resolve(prefix + 7));
            assertThat(expected.holds()).isFalse();
            other.join();
            Files.delete(path.resolve(prefix + 7));
        }
    }

    @Test
    void whereTooMuchIsAskedForItIsListed() throws IOException {
        Expectation expected = expect(
                IntStream.range(0, 5_000).mapToObj(i -> "header" + i + ".h").toList());
        move();
        assertThat(expected.holds()).isTrue();
        Files.createFile(path.resolve("somebody-elses.h"));
        assertThat(expected.holds()).isFalse();
        Expectation again = expect(ASKED);
        Files.createFile(path.resolve("asked.h"));
        assertThat(again.holds()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"asked.h", "somebody-elses.h"})
    void anotherDirectoryInItsPlaceIsListed(String name) throws IOException {
        Expectation expected = expect(ASKED);
        Path other = Files.createDirectory(home.resolve("other"));
        Files.createFile(other.resolve(name));
        Files.move(path, home.resolve("away"));
        Files.createSymbolicLink(path, other);
        assertThat(expected.holds()).isFalse();
    }

    @Test
    void anEmptyDirectoryInItsPlaceIsListed() throws IOException {
        Expectation expected = expect(ASKED);
        Files.move(path, home.resolve("away"));
        Files.createDirectory(path);
        assertThat(expected.holds()).isTrue();
        assertThat(((WatchedDirectory.NoNewName) expected).appearance())
                .as("it is the new one that has to stay as it is")
                .satisfiesAnyOf(
                        empty -> assertThat(empty).isEmpty(),
                        appearance -> assertThat(
                                        appearance.orElseThrow().signature().inode())
                                .isEqualTo(FileStates.signatureOf(path.toString())
                                        .orElseThrow()
                                        .inode()));
    }

    @Test
    void otherPermissionsAreLookedInto() throws IOException {
        Expectation expected = expect(ASKED);
        Files.createFile(path.resolve("somebody-elses.h"));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
        assertThat(expected.holds()).as("listed, and there is a name").isFalse();
    }

    @Test
    void itsLooksAreThoseOfItsListing() throws IOException {
        Expectation expected = expect(ASKED);
        move();
        assertThat(expected.holds()).isTrue();
        Inputs.outlast(CoarseClock.now());
        byte[] looks = Looks.of(List.of(expected), lively -> true).orElseThrow();
        assertThat(Looks.areAlike(looks)).isTrue();
        Files.createFile(path.resolve("asked.h"));
        assertThat(Looks.areAlike(looks)).isFalse();
    }
}
