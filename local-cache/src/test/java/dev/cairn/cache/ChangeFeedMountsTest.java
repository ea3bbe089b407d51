package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * As {@link ChangeFeedTest}, with what only root can make: mounts on an input's way, other names for it by mounts, and
 * other file systems. Whoever is not root runs these in a namespace where he is, see {@link ChangeFeedNamespaceTest}.
 */
class ChangeFeedMountsTest {
    private static Path program = Path.of("");

    private Path directory = Path.of("");
    private Path own = Path.of("");
    private Path file = Path.of("");
    private final Deque<Mount> mounts = new ArrayDeque<>();
    private final Inputs inputs = new Inputs();

    /** A file system of its own in a file. */
    enum Disk {
        XFS("mkfs.xfs", "320M"),
        BTRFS("mkfs.btrfs", "128M");

        private final String maker;
        private final String size;

        Disk(String maker, String size) {
            this.maker = maker;
            this.size = size;
        }

        Path format(Path image) throws IOException {
            Mount.run(List.of("truncate", "-s", size, image.toString()));
            Mount.run(List.of(maker, "-q", image.toString()));
            return image;
        }
    }

    @BeforeAll
    static void compileTheWriter() throws IOException {
        assumeTrue(Mount.isPermitted(), "RUN ELSEWHERE: mounting needs root, ChangeFeedNamespaceTest becomes that");
        program = OtherProcess.compile();
    }

    @BeforeEach
    void openTheFeed() throws IOException {
        directory = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "mounts");
        file = inputBelow(directory.resolve("above"), 1);
        own = directory.resolve("above/own");
        ChangeFeed.use(true);
    }

    @AfterEach
    void unmount() throws IOException {
        ChangeFeed.use(false);
        while (!mounts.isEmpty()) {
            mounts.pop().close();
        }
        try (var paths = Files.walk(directory)) {
            paths.sorted(Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        }
    }

    /** Makes one that differs from those of other numbers. */
    private static Path inputBelow(Path place, int number) throws IOException {
        Path input = Files.createDirectories(place.resolve("own")).resolve("input.h");
        byte[] content = new byte[4096];
        content[0] = (byte) number;
        return Files.write(input, content);
    }

    private Path mount(Mount mount) {
        mounts.push(mount);
        return mount.point();
    }

    /** Mounts one whose upper layer has the input. */
    private Path mountOverlay() throws IOException {
        Path lower = Files.createDirectories(directory.resolve("lower"));
        return mount(Mount.overlay(
                lower, directory.resolve("above"), directory.resolve("work"), directory.resolve("merged")));
    }

    private Path mount(Disk disk) throws IOException {
        assumeTrue(Mount.disksArePermitted(), "NOT RUN: a loop device needs root, not only in a namespace");
        return mount(Mount.image(disk.format(directory.resolve("image")), directory.resolve("disk")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"above", "above/own", "above/own/input.h"})
    void aMountOverAnyPartOfTheWayIsSeenAndItsEndToo(String part) throws IOException {
        Path other = inputBelow(directory.resolve("other/above"), 2);
        Expectations before = inputs.covered(file);
        mount(Mount.bind(directory.resolve("other").resolve(part), directory.resolve(part)));
        assertThat(before.hold()).as("mounted").isFalse();
        assertThat(inputs.at(file).content()).isEqualTo(inputs.at(other).content());

        Expectations over = inputs.covered(file);
        mounts.pop().close();
        assertThat(over.hold()).as("unmounted").isFalse();
        assertThat(before.hold()).isTrue();
    }

    @Test
    void aFileSystemMountedOverTheDirectoryIsSeen() throws IOException {
        Expectations expectations = inputs.covered(file);
        mount(Mount.tmpfs(own, "size=1m"));
        assertThat(expectations.hold()).isFalse();
    }

    @Test
    void anOverlayMountedOverTheDirectoryIsSeen() throws IOException {
        Path upper = directory.resolve("upper/own");
        inputBelow(directory.resolve("upper"), 2);
        Expectations expectations = inputs.covered(file);
        mount(Mount.overlay(own, upper, directory.resolve("work"), own));
        assertThat(expectations.hold()).isFalse();
    }

    @Test
    void aMountThatBringsAFileWhereNoneWasIsSeen() throws IOException {
        Path empty = Files.createDirectories(directory.resolve("empty/own"));
        Expectations expectations =
                new Expectations(List.of(inputs.at(empty.resolve("input.h")).expectAbsence()));
        for (int i = 0; i < 3; i++) {
            assertThat(expectations.hold()).isTrue();
        }
        assertThat(expectations.restOnFeed()).isTrue();
        mount(Mount.bind(own, empty));
        assertThat(expectations.hold()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("dev.cairn.cache.OtherProcess#ways")
    void noChangeThroughABindMountIsOverlooked(String how) throws IOException {
        Path alias = Files.createDirectories(directory.resolve("alias"));
        mount(Mount.bind(directory.resolve("above"), alias));
        inputs.seeEveryChange(file, program, how, alias.resolve("own/input.h"));
    }

    @ParameterizedTest
    @MethodSource("dev.cairn.cache.OtherProcess#ways")
    void noChangeOfAnUpperLayerThroughItsOverlayIsOverlooked(String how) throws IOException {
        Path merged = mountOverlay();
        inputs.seeEveryChange(file, program, how, merged.resolve("own/input.h"));
    }

    @ParameterizedTest
    @MethodSource("dev.cairn.cache.OtherProcess#waysThatHoldIt")
    void anUpperLayerThatIsOpenForWritingThroughItsOverlayIsForStatToDecide(String how) throws IOException {
        Path merged = mountOverlay();
        inputs.leaveToStat(file, program, how, merged.resolve("own/input.h"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"merged/own/input.h", "above/own/input.h", "lower/alone/own/input.h"})
    void anInputOnAnOverlayIsForStatToDecide(String written) throws IOException {
        inputBelow(directory.resolve("lower/alone"), 2);
        Path merged = mountOverlay();
        Path input = merged.resolve(written.startsWith("lower") ? "alone/own/input.h" : "own/input.h");
        try (OtherProcess other = OtherProcess.start(program, "write", directory.resolve(written))) {
            for (int round = 0; round < 4; round++) {
                Expectations expectations = inputs.content(input);
                assertThat(Inputs.settle(input, expectations))
                        .as("left to the feed")
                        .isFalse();
                other.change();
                assertThat(expectations.hold()).isFalse();
            }
        }
    }

    static Stream<Arguments> disksAndWays() {
        return Stream.of(Disk.values())
                .flatMap(disk ->
                        Stream.concat(OtherProcess.ways(), Stream.of("clone")).map(how -> Arguments.of(disk, how)));
    }

    @ParameterizedTest
    @MethodSource("disksAndWays")
    void noChangeOnAnotherDiskIsOverlooked(Disk disk, String how) throws IOException {
        Path input = inputBelow(mount(disk), 1);
        inputs.seeEveryChange(input, program, how, input);
    }

    @ParameterizedTest
    @EnumSource(Disk.class)
    void aFileOnAnotherDiskThatIsOpenForWritingIsForStatToDecide(Disk disk) throws IOException {
        Path input = inputBelow(mount(disk), 1);
        inputs.leaveToStat(input, program, "aio-held", input);
    }

    @ParameterizedTest
    @EnumSource(Disk.class)
    void anotherDirectoryOnAnotherDiskIsSeen(Disk disk) throws IOException {
        Path place = mount(disk);
        Path input = inputBelow(place.resolve("above"), 1);
        inputBelow(place.resolve("other"), 2);
        Expectations expectations = inputs.covered(input);
        Mount.run(List.of("mv", "-T", place + "/above", place + "/gone"));
        Mount.run(List.of("mv", "-T", place + "/other", place + "/above"));
        assertThat(expectations.hold()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("dev.cairn.cache.OtherProcess#waysOnAnyFileSystem")
    void noChangeInMemoryIsOverlooked(String how) throws IOException {
        Path input = inputBelow(mount(Mount.tmpfs(directory.resolve("memory"), "size=1m")), 1);
        inputs.seeEveryChange(input, program, how, input);
    }

    /** There stores through a mapping move no stamp, so stat does not see them either. */
    @ParameterizedTest
    @ValueSource(strings = {"map-held", "map-held-fd-closed", "map-held-clean"})
    void whatStaysMappedInMemoryIsForStatToDecide(String how) throws IOException {
        Path input = inputBelow(mount(Mount.tmpfs(directory.resolve("memory"), "size=1m")), 1);
        inputs.covered(input);
        try (OtherProcess other = OtherProcess.start(program, how, input)) {
            other.change();
            assertThat(Inputs.settle(input, inputs.content(input)))
                    .as("left to the feed")
                    .isFalse();
        }
    }
}
