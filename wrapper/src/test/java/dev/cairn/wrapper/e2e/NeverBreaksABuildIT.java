package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong with Cairn, the compiler runs, and nothing but its output is seen. */
class NeverBreaksABuildIT {
    private static final String NOBODY = "65534";

    @RegisterExtension
    final Sandbox box = new Sandbox();

    @BeforeEach
    void aSource() {
        box.expectErrors();
        box.write("foo.c", "#warning seen\nint foo;\n__asm__(\".data\\n.fill 300000, 1, 7\\n.text\\n\");\n");
    }

    private Command compile() {
        return box.bare("gcc", "-MD", "-c", "foo.c", "-o", "foo.o");
    }

    private void severalTimes(Command command) {
        for (int i = 0; i < 4; i++) {
            box.sameWithoutDaemon(command);
        }
    }

    private int failures() {
        return (int) box.cache().resolve("run/trouble").toFile().length();
    }

    // Cairn's own parts

    @ParameterizedTest
    @ValueSource(strings = {"exit 1", "kill -9 $$", "exec 2>/dev/null; exit 0"})
    void aJavaRuntimeThatDoesNotWorkIsTriedOnceAndThenLeftAlone(String script) throws IOException {
        Path starts = box.root.resolve("starts");
        Distribution broken = Distribution.copyTo(box.root.resolve("broken"));
        broken.replaceJava("#!/bin/sh\necho >>" + starts + "\n" + script + "\n");
        box.useLauncher(broken.launcher());
        severalTimes(compile());
        assertThat(Files.readAllLines(starts)).as("starts").hasSizeBetween(1, 3);
        assertThat(failures()).isBetween(1, 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"runtime/bin", "lib/cairn.jar", "lib/cairn.aot", "lib/daemon.options", "lib/native"})
    void aMissingPartIsNoHindrance(String part) {
        for (boolean remove : new boolean[] {true, false}) {
            Distribution broken = Distribution.copyTo(box.root.resolve(remove ? "removed" : "spoiled"));
            broken.spoil(part, remove);
            box.useLauncher(broken.launcher());
            box.useCache(box.root.resolve(remove ? "cache-removed" : "cache-spoiled"));
            severalTimes(compile());
            box.stopIfRunning();
        }
    }

    // The cache directory

    @Test
    void anUnwritableCacheDirectoryIsDoneWithout() throws IOException {
        Path cache = Files.createDirectory(
                box.root.resolve("fixed"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-xr-xr-x")));
        for (Path directory : new Path[] {
            cache, cache.resolve("below"), Path.of("/proc/none"), box.work.resolve("foo.c"), Path.of("relative")
        }) {
            Command command = asNobody(compile().env("CAIRN_DIR", directory.toString()));
            Command withCairn = asNobody(compile()
                    .env("CAIRN_DIR", directory.toString())
                    .after(box.launcher().toString()));
            Result bare = command.run();
            byte[] object = box.read("foo.o");
            Files.delete(box.work.resolve("foo.o"));
            Result result = withCairn.run();
            assertThat(result.exit())
                    .as("%s: %s", directory, result.errText())
                    .isEqualTo(bare.exit())
                    .isZero();
            assertThat(box.read("foo.o")).isEqualTo(object);
            if (directory.isAbsolute()) {
                assertThat(result.errText()).isEqualTo(bare.errText());
            }
        }
    }

    /** Root may write everywhere; so as root these tests become somebody else. */
    private Command asNobody(Command command) throws IOException {
        if (!isRoot()) {
            return command;
        }
        Tool.require("setpriv");
        for (Path directory : new Path[] {box.root, box.work, box.home, box.root.resolve("scratch")}) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        }
        return command.after("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
    }

    private static boolean isRoot() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "after"})
    void aFullDiskIsNoHindrance(String filledWhen) throws IOException {
        Assumptions.assumeTrue(isRoot(), "mounting needs root");
        Path disk = Files.createDirectory(box.root.resolve("disk"));
        box.bare("mount", "-t", "tmpfs", "-o", "size=12m", "cairn-test", disk.toString())
                .run()
                .succeeded();
        try {
            box.useCache(disk.resolve("cache"));
            if (filledWhen.equals("after")) {
                box.start();
                box.sameWithoutDaemon(compile());
            }
            box.bare("dd", "if=/dev/zero", "of=" + disk.resolve("filler"), "bs=64k")
                    .run();
            for (int i = 0; i < 4; i++) {
                box.write("foo.c", "int foo" + i + ";\n__asm__(\".data\\n.fill 300000, 1, 7\\n.text\\n\");\n");
                box.sameWithoutDaemon(compile());
                box.sameWithoutDaemon(compile());
            }
            Files.delete(disk.resolve("filler"));
            box.stopIfRunning();
            for (int i = 0; i < 3; i++) {
                box.sameWithoutDaemon(compile());
            }
        } finally {
            box.stopIfRunning();
            box.bare("umount", "-l", disk.toString()).run().succeeded();
            box.useCache(box.root.resolve("cache"));
        }
    }

    @Test
    void aCacheDirectoryWithALongPathWorks() throws IOException {
        Path deep = box.root.resolve("d".repeat(100)).resolve("e".repeat(100));
        box.useCache(deep);
        severalTimes(compile());
        var stats = DaemonSocket.parse(
                box.cairn("stats", "--json").run().succeeded().outText());
        assertThat(stats.path("hits").path("total").asInt()).isEqualTo(3);
        var status = DaemonSocket.parse(
                box.cairn("status", "--json").run().succeeded().outText());
        Path socket = Path.of(status.path("endpoint").asString());
        assertThat(socket.toString().length()).isLessThan(108);
        assertThat(Tree.mode(socket.resolveSibling("."))).isEqualTo(0700);
        box.cairn("stop").run().succeeded();
        assertThat(socket).doesNotExist();
    }

    // Surroundings

    @Test
    void withoutAHomeTheCompilerRuns() {
        severalTimes(compile().unset("HOME").unset("CAIRN_DIR"));
        Path missing = box.root.resolve("missing/home");
        severalTimes(compile().env("HOME", missing.toString()).unset("CAIRN_DIR"));
        assertThat(missing.getParent()).as("a home is not Cairn's to make").doesNotExist();
        severalTimes(compile()
                .env("HOME", "")
                .unset("CAIRN_DIR")
                .unset("PATH")
                .withArgv(java.util.List.of(Tool.require("gcc").toString(), "-fsyntax-only", "foo.c")));
    }

    @Test
    void aDirectoryThatIsGoneIsTheCompilersProblem() {
        for (String launcher : new String[] {"env", box.launcher().toString()}) {
            Result result = box.bare(
                            "sh",
                            "-c",
                            "mkdir gone && cd gone && rmdir ../gone && exec \"$@\"",
                            "sh",
                            launcher,
                            "gcc",
                            "-c",
                            "../foo.c")
                    .run();
            assertThat(result.exit()).as(launcher).isNotZero();
            assertThat(result.errText()).as(launcher).doesNotContain("cairn:");
        }
    }
}
