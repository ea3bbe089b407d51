package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * With the change feed nothing is believed that {@code stat} would not believe. In the build directory, because on a
 * file system in memory not even stamps tell of stores through a mapping.
 */
class ChangeFeedTest {
    private static Path program = Path.of("");

    private Path directory = Path.of("");
    private Path own = Path.of("");
    private Path file = Path.of("");
    private final Inputs inputs = new Inputs();

    @BeforeAll
    static void compileTheWriter() throws IOException {
        program = OtherProcess.compile();
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

    @ParameterizedTest
    @MethodSource("dev.cairn.cache.OtherProcess#ways")
    void noChangeIsOverlooked(String how) throws IOException {
        inputs.seeEveryChange(file, program, how, file);
    }

    @ParameterizedTest
    @MethodSource("dev.cairn.cache.OtherProcess#waysThatHoldIt")
    void aFileThatWasOpenForWritingBeforeIsForStatToDecide(String how) throws IOException {
        inputs.leaveToStat(file, program, how, file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"write", "write-held"})
    void noChangeIsOverlookedWhileAllCoresAreBusy(String how) throws IOException {
        List<Thread> busy = IntStream.range(0, Runtime.getRuntime().availableProcessors())
                .mapToObj(core -> Thread.ofPlatform().daemon().start(ChangeFeedTest::spinUntilInterrupted))
                .toList();
        try {
            for (int i = 0; i < 10; i++) {
                replaceFile();
                inputs.seeEveryChange(file, program, how, file);
            }
        } finally {
            busy.forEach(Thread::interrupt);
        }
    }

    private static void spinUntilInterrupted() {
        while (!Thread.currentThread().isInterrupted()) {
            Thread.onSpinWait();
        }
    }

    /** No call into the kernel lies between the writer's last step and the question. */
    @ParameterizedTest
    @ValueSource(strings = {"write", "told-before-closed", "rename-over"})
    void aChangeIsSeenAtOnce(String how) throws IOException {
        Path flag = Files.write(directory.resolve("flag"), new byte[4096]);
        try (FileChannel channel = FileChannel.open(flag, StandardOpenOption.READ);
                OtherProcess other = OtherProcess.start(program, how, file, flag)) {
            MappedByteBuffer changes = channel.map(FileChannel.MapMode.READ_ONLY, 0, 4096);
            for (int change = 1; change <= 100; change++) {
                replaceFile();
                Expectations expectations = inputs.covered(file);
                other.begin();
                while (changes.get(0) != change) {
                    VarHandle.acquireFence();
                }
                assertThat(expectations.hold()).as("change %s", change).isFalse();
                other.end();
            }
        }
    }

    /** By one that was never opened while it was watched. */
    private void replaceFile() throws IOException {
        Files.delete(file);
        Files.write(file, new byte[4096]);
    }

    /** By another name no directory tells of it. */
    @ParameterizedTest
    @CsvSource({"touch, above/own/input.h", "chmod, above/own/input.h", "touch, link", "chmod, link"})
    void whatMovesOnlyAStampIsAnotherSignatureOfTheSameContent(String how, String name) throws IOException {
        Files.createLink(directory.resolve("link"), file);
        Expectations content = inputs.covered(file);
        Expectations signature = inputs.covered(
                file, () -> new Expectations(List.of(inputs.at(file).expectSameSignature())));
        try (OtherProcess other = OtherProcess.start(program, how, directory.resolve(name))) {
            other.change();
            assertThat(signature.hold()).as("with the feed").isFalse();
            assertThat(content.hold()).isTrue();
            assertThat(content.restOnFeed()).as("looked at").isFalse();
            ChangeFeed.use(false);
            assertThat(signature.hold()).as("by stat").isFalse();
            assertThat(content.hold()).isTrue();
        }
    }

    /** Neither shows a store to a dirty page; but what shows in a stamp the feed does not hide. */
    @ParameterizedTest
    @ValueSource(strings = {"map-held-dirty", "map-held-dirty-asynchronous"})
    void whatStaysMappedForWritingIsForStatToDecide(String how) throws IOException {
        inputs.covered(file);
        try (OtherProcess other = OtherProcess.start(program, how, file)) {
            for (int round = 0; round < 4; round++) {
                Expectations expectations = inputs.content(file);
                assertThat(Inputs.settle(file, expectations))
                        .as("left to the feed")
                        .isFalse();
                Optional<FileSignature> before = inputs.at(file).signature();
                other.change();
                boolean unchanged = inputs.at(file).signature().equals(before);
                assertThat(expectations.hold() && !unchanged)
                        .as("believed against stat")
                        .isFalse();
            }
        }
    }

    @Test
    void aFileThatNobodyTouchesIsLeftToTheFeed() {
        Expectations expectations = inputs.covered(file);
        assertThat(expectations.hold()).isTrue();
        assertThat(expectations.restOnFeed()).isTrue();
    }

    @Test
    void aFileThatWasOnlyReadIsLeftToTheFeedAgain() throws IOException {
        Expectations expectations = inputs.covered(file);
        assertThat(Files.readAllBytes(file)).hasSize(4096);
        assertThat(expectations.hold()).isTrue();
        inputs.covered(file);
    }

    @Test
    void aFileOfTwoNamesIsLeftToTheFeedByBoth() throws IOException {
        Path other = Files.createLink(own.resolve("other.h"), file);
        inputs.content(file);
        inputs.content(other);
        Inputs.settle(file, inputs.content(file));
        Expectations first = inputs.content(file);
        Expectations second = inputs.content(other);
        Inputs.settle(file, first);
        Inputs.settle(other, second);
        assertThat(first.restOnFeed()).isTrue();
        assertThat(second.restOnFeed()).isTrue();
        Files.write(file, new byte[1]);
        assertThat(first.hold()).isFalse();
        assertThat(second.hold()).isFalse();
    }

    @Test
    void anotherDirectoryInPlaceOfTheOwnIsSeen() throws IOException {
        Expectations expectations = inputs.covered(file);
        Path other = Files.createDirectories(directory.resolve("above/other"));
        Files.writeString(other.resolve("input.h"), "other");
        Mount.move(own, directory.resolve("above/gone"));
        Mount.move(other, own);
        assertThat(expectations.hold()).isFalse();
    }

    @Test
    void anotherDirectoryInPlaceOfOneFurtherUpIsSeen() throws IOException {
        Expectations expectations = inputs.covered(file);
        Path other = Files.createDirectories(directory.resolve("elsewhere/own"));
        Files.writeString(other.resolve("input.h"), "other");
        Mount.move(directory.resolve("above"), directory.resolve("gone"));
        Mount.move(directory.resolve("elsewhere"), directory.resolve("above"));
        assertThat(expectations.hold()).isFalse();
    }

    @Test
    void aLinkOnTheWayThatLeadsElsewhereIsSeen() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("above/own"));
        Expectations expectations = inputs.covered(link.resolve("input.h"));
        Path other = Files.createDirectories(directory.resolve("other"));
        Files.writeString(other.resolve("input.h"), "other");
        Path newLink = Files.createSymbolicLink(directory.resolve("new"), Path.of("other"));
        Mount.move(newLink, link);
        assertThat(expectations.hold()).isFalse();
    }

    @Test
    void aDirectoryThatMayNoLongerBeEnteredIsAskedAbout() throws IOException, InterruptedException {
        Expectations expectations = inputs.covered(file);
        new ProcessBuilder("chmod", "0", own.toString()).start().waitFor();
        boolean stillReadable = Files.isReadable(file);
        assertThat(expectations.hold()).isEqualTo(stillReadable);
        assertThat(expectations.restOnFeed()).isFalse();
        new ProcessBuilder("chmod", "700", own.toString()).start().waitFor();
    }

    @Test
    void aFileThatComesWhereNoneWasIsSeen() throws IOException {
        Path absent = directory.resolve("above/not/there/yet.h");
        Expectations expectations = new Expectations(List.of(inputs.at(absent).expectAbsence()));
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
                new Expectations(List.of(watched.expect(watched.view().generation(), List.of())));
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
        Expectations expectations = inputs.covered(file);
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
                new Expectations(List.of(inputs.at(Path.of("/proc/version")).expectPresence()));
        for (int i = 0; i < 3; i++) {
            assertThat(expectations.hold()).isTrue();
        }
        assertThat(expectations.restOnFeed()).isFalse();
    }

    @Test
    void aClosedFeedIsNotBelieved() throws IOException {
        Expectations expectations = inputs.covered(file);
        ChangeFeed.use(false);
        Files.writeString(file, "changed");
        ChangeFeed.use(true);
        assertThat(expectations.hold()).isFalse();
    }
}
