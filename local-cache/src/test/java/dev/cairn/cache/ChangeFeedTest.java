package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * With the change feed nothing is believed that {@code stat} would not believe. In the build directory, because on a
 * file system in memory not even stamps tell of stores through a mapping.
 */
class ChangeFeedTest {
    private static final int ROUNDS = 4;

    private static Path program = Path.of("");

    private Path directory = Path.of("");
    private Path own = Path.of("");
    private Path file = Path.of("");
    private final FileStates states = new FileStates(Optional::empty);

    @BeforeAll
    static void compileTheWriter() throws IOException, InterruptedException {
        Path target = Files.createDirectories(Path.of("target", "writer"));
        program = OtherProcess.compile(target.toAbsolutePath());
    }

    @BeforeEach
    void openTheFeed() throws IOException {
        directory = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "feed");
        own = Files.createDirectories(directory.resolve("above/own"));
        file = own.resolve("input.h");
        Files.write(file, new byte[4096]);
        ChangeFeed.use(true);
    }

    @AfterEach
    void closeTheFeed() throws IOException {
        ChangeFeed.use(false);
        try (var paths = Files.walk(directory)) {
            paths.sorted(Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        }
    }

    private Expectations expectPresentContent(Path path) {
        WatchedFile watched = states.at(path.toString());
        return new Expectations(List.of(watched.expectContent(watched.content().orElseThrow())));
    }

    /** Asks until stamps are old enough to be trusted and everything that can be is left to the feed. */
    private static boolean settle(Path path, Expectations expectations) {
        long written = FileStates.signatureOf(path.toString()).orElseThrow().ctime();
        while (CoarseClock.now() <= written + 5_000_000) {
            Thread.onSpinWait();
        }
        for (int i = 0; i < 4; i++) {
            assertThat(expectations.hold()).isTrue();
        }
        return expectations.restOnFeed();
    }

    private Expectations covered(Path path) {
        states.at(path.toString()).content();
        settle(path, expectPresentContent(path));
        Expectations expectations = expectPresentContent(path);
        assertThat(settle(path, expectations)).as("left to the feed").isTrue();
        return expectations;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "write",
                "truncating-write",
                "write-held",
                "aio-held",
                "fallocate-held",
                "truncate",
                "rename-over",
                "exchange",
                "link-over",
                "link-write",
                "remove-and-create",
                "child-exits-unclosed",
                "sendfile",
                "copy-range-held",
                "map",
                "map-held",
                "map-held-fd-closed"
            })
    void noChangeIsOverlooked(String how) throws IOException {
        Expectations before = covered(file);
        try (OtherProcess other = OtherProcess.start(program, how, file)) {
            other.change();
            assertThat(before.hold())
                    .as("first change, opened after it was watched")
                    .isFalse();
            for (int round = 1; round < ROUNDS; round++) {
                Expectations again = expectPresentContent(file);
                boolean left = settle(file, again);
                assertThat(left && how.contains("held"))
                        .as("a file open for writing is left to the feed")
                        .isFalse();
                other.change();
                assertThat(again.hold()).as("change %s", round).isFalse();
            }
        }
    }

    @Test
    void aFileThatNobodyTouchesIsLeftToTheFeed() {
        Expectations expectations = covered(file);
        assertThat(expectations.hold()).isTrue();
        assertThat(expectations.restOnFeed()).isTrue();
    }

    @Test
    void anotherDirectoryInPlaceOfTheOwnIsSeen() throws IOException {
        Expectations expectations = covered(file);
        Path other = Files.createDirectories(directory.resolve("above/other"));
        Files.writeString(other.resolve("input.h"), "other");
        Files.move(own, directory.resolve("above/gone"));
        Files.move(other, own);
        assertThat(expectations.hold()).isFalse();
    }

    @Test
    void anotherDirectoryInPlaceOfOneFurtherUpIsSeen() throws IOException {
        Expectations expectations = covered(file);
        Path other = Files.createDirectories(directory.resolve("elsewhere/own"));
        Files.writeString(other.resolve("input.h"), "other");
        Files.move(directory.resolve("above"), directory.resolve("gone"));
        Files.move(directory.resolve("elsewhere"), directory.resolve("above"));
        assertThat(expectations.hold()).isFalse();
    }

    @Test
    void aLinkOnTheWayThatLeadsElsewhereIsSeen() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("above/own"));
        Expectations expectations = covered(link.resolve("input.h"));
        Path other = Files.createDirectories(directory.resolve("other"));
        Files.writeString(other.resolve("input.h"), "other");
        Path newLink = Files.createSymbolicLink(directory.resolve("new"), Path.of("other"));
        Files.move(newLink, link, StandardCopyOption.ATOMIC_MOVE);
        assertThat(expectations.hold()).isFalse();
    }

    @Test
    void aDirectoryThatMayNoLongerBeEnteredIsAskedAbout() throws IOException, InterruptedException {
        Expectations expectations = covered(file);
        new ProcessBuilder("chmod", "0", own.toString()).start().waitFor();
        boolean stillReadable = Files.isReadable(file);
        assertThat(expectations.hold()).isEqualTo(stillReadable);
        assertThat(expectations.restOnFeed()).isFalse();
        new ProcessBuilder("chmod", "700", own.toString()).start().waitFor();
    }

    @Test
    void aFileThatComesWhereNoneWasIsSeen() throws IOException {
        Path absent = directory.resolve("above/not/there/yet.h");
        Expectations expectations =
                new Expectations(List.of(states.at(absent.toString()).expectAbsence()));
        for (int i = 0; i < 3; i++) {
            assertThat(expectations.hold()).isTrue();
        }
        assertThat(expectations.restOnFeed()).isTrue();
        Files.createDirectories(absent.getParent());
        assertThat(expectations.hold()).as("only its directory").isTrue();
        Files.writeString(absent, "");
        assertThat(expectations.hold()).isFalse();
    }

    @Test
    void aNameThatComesIntoADirectoryIsSeen() throws IOException {
        DirectoryStates directories = new DirectoryStates(name -> true);
        WatchedDirectory watched = directories.at(own.toString());
        Expectations expectations =
                new Expectations(List.of(watched.expect(watched.view().generation())));
        for (int i = 0; i < 3; i++) {
            assertThat(expectations.hold()).isTrue();
        }
        Files.writeString(file.resolveSibling("new.h"), "");
        assertThat(expectations.hold()).isFalse();
    }

    @Test
    void whatTheKernelCouldNotTellIsAskedAbout() throws IOException {
        int most = Integer.parseInt(Files.readString(Path.of("/proc/sys/fs/inotify/max_queued_events"))
                .strip());
        Expectations expectations = covered(file);
        Path noise = file.resolveSibling("noise");
        for (int i = 0; i <= most / 2; i++) {
            Files.writeString(noise, "", StandardCharsets.UTF_8);
            Files.delete(noise);
        }
        Files.writeString(file, "changed after the queue was full");
        assertThat(expectations.hold()).isFalse();
    }

    @Test
    void aFileSystemThatMayChangeBehindTheKernelIsNotLeftToTheFeed() {
        Expectations expectations =
                new Expectations(List.of(states.at("/proc/version").expectPresence()));
        for (int i = 0; i < 3; i++) {
            assertThat(expectations.hold()).isTrue();
        }
        assertThat(expectations.restOnFeed()).isFalse();
    }

    @Test
    void aClosedFeedIsNotBelieved() throws IOException {
        Expectations expectations = covered(file);
        ChangeFeed.use(false);
        Files.writeString(file, "changed");
        ChangeFeed.use(true);
        assertThat(expectations.hold()).isFalse();
    }
}
