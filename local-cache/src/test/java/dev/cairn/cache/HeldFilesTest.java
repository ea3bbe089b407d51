package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A file that is held open is believed as far as its name would be: whoever changes the file, or what its name leads to, in whatever way,
 * is noticed. Held is only what lies in root's directories on the root's own file system, so these need to be there.
 */
class HeldFilesTest {
    private static final int FILES = 4;
    private static final int ROUNDS = 4;
    private static final int ATTEMPTS = 24;
    private static final int QUESTIONS = 64; // some, until all of them are held
    private static final int NOTHING_HELD = 3; // exit code of keeper.c

    private static final int ABOVE = 2; // the test's directory, and one below it
    private static final int DESCRIPTORS = FILES + 1 + ABOVE;

    private static Path program = Path.of("");
    private static Path keeper = Path.of("");

    private Path directory = Path.of("");
    private Path own = Path.of("");
    private Path file = Path.of("");
    private final Deque<Mount> mounts = new ArrayDeque<>();
    private final Inputs inputs = new Inputs();

    @BeforeAll
    static void compileTheWriter() throws IOException {
        Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
        String where = output("stat", "-c", "%m", target.toString());
        String system = output("stat", "-f", "-c", "%T", target.toString());
        boolean canBeHeld = List.of("ext2/ext3", "xfs", "btrfs").contains(system);
        assumeTrue(
                Mount.isPermitted() && Mount.disksArePermitted() && where.equals("/") && canBeHeld,
                "NOT RUN: nothing in %s is held open (mount %s, %s, and who is root)".formatted(target, where, system));
        program = OtherProcess.compile();
        keeper = compileTheKeeper();
    }

    private static String output(String... command) throws IOException {
        return new String(new ProcessBuilder(command).start().getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .strip();
    }

    @BeforeEach
    void makeFiles() throws IOException {
        HeldFiles.release();
        directory = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "held");
        own = filesBelow(directory.resolve("above"), 0);
        file = own.resolve("input0.h");
    }

    @AfterEach
    void removeFiles() throws IOException {
        while (!mounts.isEmpty()) {
            mounts.pop().close();
        }
        try (var paths = Files.walk(directory)) {
            paths.sorted(Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        }
        HeldFiles.release();
    }

    /** Makes some that differ from those of other numbers. */
    private static Path filesBelow(Path place, int number) throws IOException {
        Path own = Files.createDirectories(place.resolve("own"));
        Mount.run(List.of("chmod", "755", own.toString()));
        for (int i = 0; i < FILES; i++) {
            byte[] content = new byte[4096];
            content[0] = (byte) number;
            Files.write(own.resolve("input" + i + ".h"), content);
        }
        return own;
    }

    private static List<Path> filesIn(Path place) {
        return IntStream.range(0, FILES)
                .mapToObj(i -> place.resolve("input" + i + ".h"))
                .toList();
    }

    /** Expects the contents that are there now. */
    private Expectations contents(Path place) {
        return new Expectations(filesIn(place).stream()
                .map(path ->
                        inputs.at(path).expectContent(inputs.at(path).content().orElseThrow()))
                .toList());
    }

    /** How many of the files are not looked up when it is asked as often as they take to be held, and once more. */
    private static long answersOf(Expectations expectations) {
        long answers = 0;
        for (int i = 0; i < QUESTIONS && answers < FILES; i++) {
            long before = HeldFiles.answers();
            assertThat(expectations.hold()).isTrue();
            answers = HeldFiles.answers() - before;
        }
        return answers;
    }

    private static void waitUntilOld() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(130));
    }

    /** Expects the contents that are there now; no file will be looked up by its name. */
    private Expectations held(Path place) {
        return held(() -> {
            contents(place); // stamps are old enough to be trusted now
            return contents(place);
        });
    }

    /** A writer may end, or the machine pause, in the middle of one attempt; what is missing is held after two seconds. */
    private static Expectations held(Supplier<Expectations> expected) {
        Expectations expectations = expected.get();
        long answers = 0;
        for (int attempt = 0; attempt < ATTEMPTS && answers < FILES; attempt++) {
            waitUntilOld();
            expectations = expected.get();
            answers = answersOf(expectations);
        }
        assertThat(answers).as("files held").isEqualTo(FILES);
        return expectations;
    }

    private void seeEveryChange(String how, Path written) throws IOException {
        Expectations before = held(own);
        try (OtherProcess other = OtherProcess.start(program, how, written)) {
            other.change();
            assertThat(before.hold()).as("first change").isFalse();
            for (int round = 1; round < ROUNDS; round++) {
                Expectations again = held(own);
                other.change();
                assertThat(again.hold()).as("change %s", round).isFalse();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.cairn.cache.OtherProcess#ways")
    void noChangeIsOverlooked(String how) throws IOException {
        seeEveryChange(how, file);
    }

    /** Of ways that change the file, not what the name leads to. */
    @ParameterizedTest
    @ValueSource(strings = {"write", "truncating-write", "write-held", "truncate", "map", "aio-held", "io-uring-held"})
    void noChangeByAnotherNameIsOverlooked(String how) throws IOException {
        seeEveryChange(how, Files.createLink(directory.resolve("other-name"), file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"touch", "chmod"})
    void whatMovesOnlyAStampIsAnotherSignature(String how) throws IOException {
        held(own);
        Expectations signatures = new Expectations(filesIn(own).stream()
                .map(path -> inputs.at(path).expectSameSignature())
                .toList());
        assertThat(answersOf(signatures)).isEqualTo(FILES);
        try (OtherProcess other = OtherProcess.start(program, how, file)) {
            other.change();
            assertThat(signatures.hold()).isFalse();
        }
    }

    @Test
    void aFileThatGoesIsMissed() throws IOException {
        Expectations expectations = held(own);
        Files.delete(file);
        assertThat(expectations.hold()).isFalse();
    }

    @Test
    void aFileThatMovesAwayIsMissed() throws IOException {
        Expectations expectations = held(own);
        Files.move(file, directory.resolve("elsewhere.h"));
        assertThat(expectations.hold()).isFalse();
    }

    @Test
    void anotherDirectoryInPlaceOfTheOwnIsSeen() throws IOException {
        Path other = filesBelow(directory.resolve("other"), 1);
        Expectations expectations = held(own);
        Mount.move(own, directory.resolve("gone"));
        Mount.move(other, own);
        assertThat(expectations.hold()).isFalse();
    }

    @Test
    void anotherDirectoryInPlaceOfOneFurtherUpIsSeen() throws IOException {
        filesBelow(directory.resolve("other"), 1);
        Expectations expectations = held(own);
        Mount.move(directory.resolve("above"), directory.resolve("gone"));
        Mount.move(directory.resolve("other"), directory.resolve("above"));
        assertThat(expectations.hold()).isFalse();
    }

    @Test
    void aLinkOnTheWayThatLeadsElsewhereIsSeen() throws IOException {
        filesBelow(directory.resolve("other"), 1);
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("above"));
        Expectations expectations = held(link.resolve("own"));
        Mount.move(Files.createSymbolicLink(directory.resolve("new"), Path.of("other")), link);
        assertThat(expectations.hold()).isFalse();
    }

    /** The way that it leads is not the one that the path is written as. */
    @Test
    void anotherDirectoryWhereALinkOnTheWayLeadsIsSeen() throws IOException {
        filesBelow(directory.resolve("far/up/above"), 0);
        filesBelow(directory.resolve("far/other/above"), 1);
        Path link = directory.resolve("near/link");
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, Path.of("../far/up/above"));
        Expectations expectations = held(link.resolve("own"));
        Mount.move(directory.resolve("far/up"), directory.resolve("far/gone"));
        Mount.move(directory.resolve("far/other"), directory.resolve("far/up"));
        assertThat(expectations.hold()).isFalse();
    }

    @Test
    void aNameThatIsALinkIsLookedUp() throws IOException {
        Files.move(file, directory.resolve("file"));
        Files.write(directory.resolve("other"), new byte[1]);
        Files.createSymbolicLink(file, Path.of("../../link"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("file"));
        waitUntilOld();
        contents(own);
        Expectations expectations = contents(own);
        assertThat(answersOf(expectations)).isEqualTo(FILES - 1);
        Mount.move(Files.createSymbolicLink(directory.resolve("new"), Path.of("other")), link);
        assertThat(expectations.hold()).isFalse();
    }

    /** Expects of each file what is so now; no name is looked up. */
    private Expectations held(List<Path> paths, Function<WatchedFile, Expectation> what) {
        return held(
                () -> new Expectations(paths.stream().map(inputs::at).map(what).toList()));
    }

    @Test
    void aPathThatEndsInASlashIsThatOfTheDirectory() throws IOException {
        Path late = own.resolve("late");
        List<Expectation> all = new ArrayList<>();
        missingIn(late).forEach(path -> all.add(inputs.at(path).expectAbsence()));
        all.add(inputs.at(late + "/").expectAbsence());
        Expectations missing = new Expectations(all);
        assertThat(missing.hold()).isTrue();
        assertThat(missing.hold()).isTrue();
        Files.createDirectory(late);
        assertThat(missing.hold()).isFalse();
    }

    private static List<Path> missingIn(Path place) {
        return IntStream.range(0, FILES)
                .mapToObj(i -> place.resolve("missing" + i))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "touch missing0",
                "ln input0.h missing0",
                "ln -s input0.h missing0",
                "mv input0.h missing0",
                "mkdir missing0"
            })
    void whatWasMissingIsSeenWhenItComes(String how) throws IOException {
        Expectations missing = held(missingIn(own), WatchedFile::expectAbsence);
        Expectations noFile = held(missingIn(own), WatchedFile::expectNoRegularFile);
        Mount.run(List.of("sh", "-c", "cd '%s' && %s".formatted(own, how)));
        assertThat(missing.hold()).isFalse();
        assertThat(noFile.hold()).isEqualTo(how.startsWith("mkdir"));
    }

    @Test
    void aMountOverWhatIsMissingElsewhereIsSeen() throws IOException {
        Path other = Files.createDirectories(directory.resolve("other/own"));
        Files.writeString(other.resolve("missing0"), "");
        Expectations missing = held(missingIn(own), WatchedFile::expectAbsence);
        mount(Mount.bind(other, own));
        assertThat(missing.hold()).isFalse();
    }

    private List<Path> directoriesIn(Path place) throws IOException {
        List<Path> made = new ArrayList<>();
        for (int i = 0; i < FILES; i++) {
            made.add(Files.createDirectories(place.resolve("directory" + i)));
        }
        return made;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "touch directory0/new",
                "mv input0.h directory0",
                "mv -T other directory0",
                "chmod 700 directory0"
            })
    void aDirectoryWithOtherNamesIsSeen(String how) throws IOException {
        List<Path> directories = directoriesIn(own);
        Files.createDirectories(own.resolve("other"));
        Expectations unchanged = held(directories, WatchedFile::expectSameSignature);
        Mount.run(List.of("sh", "-c", "cd '%s' && %s".formatted(own, how)));
        assertThat(unchanged.hold()).isFalse();
    }

    /** What a set of expectations remembers of descriptors is not taken for those of other files that came to have their numbers. */
    @Test
    void aNumberThatIsAnotherFilesByThenIsNotAsked() throws IOException {
        Path other = filesBelow(directory.resolve("other"), 1);
        Expectations before = held(own);
        for (int i = 0; i < 3; i++) {
            HeldFiles.release();
            Expectations others = held(other);
            assertThat(before.hold()).as("what nobody changed").isTrue();
            Files.write(other.resolve("input0.h"), new byte[1 + i]);
            assertThat(before.hold()).as("what nobody changed").isTrue();
            assertThat(others.hold()).isFalse();
        }
        HeldFiles.release();
        held(other);
        Files.write(file, new byte[1]);
        assertThat(before.hold()).isFalse();
    }

    /** A path that is not written as the directories are one below the other is found whole. */
    @ParameterizedTest
    @ValueSource(strings = {"above/../above/own", "above/./own", "above//own"})
    void anotherDirectoryIsSeenHoweverThePathIsWritten(String written) throws IOException {
        filesBelow(directory.resolve("other"), 1);
        List<String> paths = filesIn(own).stream()
                .map(path -> directory + "/" + written + "/" + path.getFileName())
                .toList();
        Expectations expectations = held(() -> new Expectations(paths.stream()
                .map(path ->
                        inputs.at(path).expectContent(inputs.at(path).content().orElseThrow()))
                .toList()));
        Mount.move(directory.resolve("above"), directory.resolve("gone"));
        Mount.move(directory.resolve("other"), directory.resolve("above"));
        assertThat(expectations.hold()).isFalse();
    }

    /** How little there is in a directory does not matter when the one above it is held. */
    @Test
    void singleFilesBelowAHeldDirectoryAreHeld() throws IOException {
        List<Path> paths = new ArrayList<>();
        for (Path below : directoriesIn(own)) {
            paths.add(Files.write(below.resolve("single.h"), new byte[1]));
        }
        held(own);
        Expectations expectations =
                held(paths, one -> one.expectContent(one.content().orElseThrow()));
        Files.write(paths.getLast(), new byte[2]);
        assertThat(expectations.hold()).isFalse();
    }

    private Path mount(Mount mount) {
        mounts.push(mount);
        return mount.point();
    }

    @ParameterizedTest
    @ValueSource(strings = {"above", "above/own", "above/own/input0.h"})
    void aMountOverAnyPartOfTheWayIsSeenAndItsEndToo(String part) throws IOException {
        filesBelow(directory.resolve("other/above"), 1);
        Expectations before = held(own);
        mount(Mount.bind(directory.resolve("other").resolve(part), directory.resolve(part)));
        assertThat(before.hold()).as("mounted").isFalse();

        waitUntilOld();
        contents(own);
        Expectations over = contents(own);
        answersOf(over);
        mounts.pop().close();
        assertThat(over.hold()).as("unmounted").isFalse();
        assertThat(before.hold()).isTrue();
    }

    @Test
    void whatIsMountedCanBeUnmounted() throws IOException {
        Path image = ChangeFeedMountsTest.Disk.BTRFS.format(directory.resolve("image"));
        Path disk = directory.resolve("disk");
        try (Mount mounted = Mount.image(image, disk)) {
            Expectations expectations = contents(filesBelow(disk, 1));
            waitUntilOld();
            assertThat(answersOf(expectations)).isZero();
            Mount.run(List.of("umount", mounted.point().toString()));
            mount(Mount.image(image, disk));
            mounts.pop();
        }
    }

    @Test
    void aFileOfAnotherMountIsLookedUpAndCanBeUnmounted() throws IOException {
        Path other = filesBelow(mount(Mount.tmpfs(directory.resolve("memory"), "size=1m")), 1);
        mount(Mount.bind(other.resolve("input0.h"), file));
        waitUntilOld();
        contents(own);
        assertThat(answersOf(contents(own))).isEqualTo(FILES - 1);
        Mount.run(List.of("umount", file.toString()));
        mounts.pop();
    }

    /** What could be another user's, who may want to have it locked or removed. */
    @ParameterizedTest
    @ValueSource(strings = {"chown 1", "chmod g+w", "chmod o+w", "chmod +t"})
    void whereOthersKeepWhatIsTheirsNothingIsHeld(String change) throws IOException {
        List<String> command = new ArrayList<>(List.of(change.split(" ")));
        command.add(own.toString());
        Mount.run(command);
        waitUntilOld();
        contents(own);
        assertThat(answersOf(contents(own))).isZero();
    }

    /** Its stamps would not tell of a change within their own tick. */
    @Test
    void aDirectoryThatWasJustChangedIsNotHeld() throws IOException {
        waitUntilOld();
        contents(own);
        Expectations expectations = contents(own);
        for (int i = 0; i < 5; i++) {
            Files.writeString(own.resolve("new" + i), "");
            long changed = System.nanoTime();
            long before = HeldFiles.answers();
            for (int question = 0; question < QUESTIONS; question++) {
                assertThat(expectations.hold()).isTrue();
                long answers = HeldFiles.answers() - before;
                boolean soon = System.nanoTime() - changed < TimeUnit.MILLISECONDS.toNanos(90);
                assertThat(soon && answers > 0).as("held at once").isFalse();
            }
        }
        waitUntilOld();
        assertThat(answersOf(expectations)).isEqualTo(FILES);
    }

    /** Whatever the files themselves show. */
    @ParameterizedTest
    @ValueSource(strings = {"above/own", "above", "."})
    void afterAChangeInADirectoryOnTheWayFilesAreLookedUp(String part) throws IOException {
        Expectations expectations = held(own);
        Files.writeString(directory.resolve(part).resolve("new"), "");
        long before = HeldFiles.answers();
        assertThat(expectations.hold()).isTrue();
        assertThat(HeldFiles.answers()).isEqualTo(before);
    }

    @Test
    void whatIsHeldIsLetGoWhenItsDirectoryChanges() throws IOException {
        held(own);
        HeldFiles.tidy();
        assertThat(descriptors()).isEqualTo(DESCRIPTORS);
        Files.delete(file);
        HeldFiles.tidy();
        assertThat(descriptors()).isEqualTo(ABOVE);
        Files.writeString(directory.resolve("new"), "");
        HeldFiles.tidy();
        assertThat(descriptors()).isZero();
    }

    @Test
    void whatIsHeldIsLetGoWhenADirectoryFurtherUpChanges() throws IOException {
        held(own);
        Files.writeString(directory.resolve("new"), "");
        HeldFiles.tidy();
        assertThat(descriptors()).isZero();
    }

    private long descriptors() throws IOException {
        return descriptorsBelow(directory);
    }

    private static long descriptorsBelow(Path place) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(descriptor -> leadsBelow(place, descriptor)).count();
        }
    }

    private static boolean leadsBelow(Path place, Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).startsWith(place);
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    @Test
    void nothingStaysOpenThatIsNotHeldAnyMore() throws IOException {
        for (int i = 0; i < 3; i++) {
            held(own);
            assertThat(descriptors()).isEqualTo(DESCRIPTORS);
            Files.writeString(own.resolve("new" + i), "");
        }
        mount(Mount.tmpfs(directory.resolve("mounted"), "size=1m"));
        Path other = filesBelow(directory.resolve("other"), 1);
        held(other);
        assertThat(descriptors()).as("after the mount table changed").isEqualTo(DESCRIPTORS);
        HeldFiles.release();
        assertThat(descriptors()).isZero();
    }

    /** Whoever asks meanwhile gets no wrong answer, and none is got from a descriptor that is another file's by then. */
    @ParameterizedTest
    @ValueSource(strings = {"write", "rename-over", "exchange"})
    void noChangeIsOverlookedWhileOthersAskAndLetGo(String how) throws IOException, InterruptedException {
        Expectations unchanged = held(filesBelow(directory.resolve("calm"), 2));
        Runnable ask =
                () -> assertThat(unchanged.hold()).as("what nobody changed").isTrue();
        List<Repeated> others =
                List.of(new Repeated(ask, 300), new Repeated(ask, 300), new Repeated(HeldFiles::release, 10_000));
        others.forEach(Thread::start);
        int held = 0;
        try (OtherProcess other = OtherProcess.start(program, how, file)) {
            for (int round = 0; round < 10; round++) {
                waitUntilOld();
                contents(own);
                Expectations expectations = contents(own);
                held += isHeldAfterAWhile(expectations) ? 1 : 0;
                other.change();
                assertThat(expectations.hold()).as("change %s", round).isFalse();
            }
        } finally {
            for (Repeated one : others) {
                one.end();
            }
        }
        assertThat(held).as("changes of what was held").isPositive();
    }

    /** Asks until something is held, which others may let go at any time; says if it was. */
    private boolean isHeldAfterAWhile(Expectations expectations) throws IOException {
        boolean held = false;
        for (int i = 0; i < QUESTIONS && !held; i++) {
            for (int question = 0; question < QUESTIONS; question++) {
                assertThat(expectations.hold()).isTrue();
            }
            held = descriptorsBelow(own) > 0;
        }
        return held;
    }

    /** Does something again and again, with pauses. */
    private static final class Repeated extends Thread {
        private final Runnable step;
        private final long pause;
        private Optional<Throwable> failure = Optional.empty();

        /** @param pause in microseconds */
        Repeated(Runnable step, long pause) {
            this.step = step;
            this.pause = pause;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                while (!isInterrupted()) {
                    step.run();
                    LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(pause));
                }
            } catch (RuntimeException | AssertionError e) {
                failure = Optional.of(e);
            }
        }

        void end() throws InterruptedException {
            interrupt();
            join();
            assertThat(failure).isEmpty();
        }
    }

    private Path fileSystem(String kind) throws IOException {
        Path place = directory.resolve("root");
        return kind.equals("tmpfs")
                ? mount(Mount.tmpfs(place, "size=8m,mode=755"))
                : mount(Mount.image(ChangeFeedMountsTest.Disk.valueOf(kind).format(directory.resolve("image")), place));
    }

    /** In a process whose root is on one; on xfs an exchange shows in the directory alone. */
    @ParameterizedTest
    @ValueSource(strings = {"XFS", "BTRFS", "tmpfs"})
    void noNameThatLeadsElsewhereIsOverlookedOnAnotherFileSystem(String kind) throws IOException {
        Path root = fileSystem(kind);
        mount(Mount.bind(Path.of("/proc"), Files.createDirectories(root.resolve("proc"))));
        Files.copy(keeper, root.resolve("keeper"));
        Mount.run(List.of("chmod", "755", root.resolve("keeper").toString()));
        Mount.run(List.of("chroot", root.toString(), "/keeper", "/files"));
    }

    @Test
    void nothingIsHeldWhereNobodyWouldTellOfMounts() throws IOException {
        Path table = Files.copy(Path.of("/proc/self/mountinfo"), directory.resolve("table"));
        String command =
                "mount -t tmpfs none /proc && mkdir /proc/self && cp '%s' /proc/self/mountinfo && exec '%s' '%s'"
                        .formatted(table, keeper, directory.resolve("files"));
        Mount.run(NOTHING_HELD, List.of("unshare", "--mount", "sh", "-c", command));
    }

    @Test
    void nothingIsHeldWhereMountsAreNotThoseOfTheRoot() throws IOException {
        Process owner = new ProcessBuilder("unshare", "--mount", "sh", "-c", "echo; exec sleep 60").start();
        try {
            assertThat(owner.inputReader().readLine())
                    .as("in its own namespace")
                    .isEmpty();
            String pid = Long.toString(owner.pid());
            Path files = directory.resolve("files");
            Mount.run(NOTHING_HELD, List.of("nsenter", "--root", "--target", pid, keeper.toString(), files.toString()));
        } finally {
            owner.destroy();
        }
    }

    @Test
    void whenTheClockWasSetFilesAreLookedUp() throws IOException {
        Mount.run(List.of(keeper.toString(), directory.resolve("files").toString(), "clock"));
    }

    /** Compiles the program that holds files without a JVM, which is not there in another root. */
    private static Path compileTheKeeper() throws IOException {
        return OtherProcess.compile(
                "keeper",
                "-static",
                "-Wl,--wrap=clock_gettime",
                "-Isrc/main/c",
                "src/test/c/keeper.c",
                "src/main/c/held.c",
                "src/main/c/holdable.c",
                "src/main/c/appearances.c",
                "src/main/c/mounts.c",
                "-lpthread");
    }
}
