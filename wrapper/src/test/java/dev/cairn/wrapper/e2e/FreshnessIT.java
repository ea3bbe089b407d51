package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever changed, the object is the one that the compiler would make now; and what did not change is a hit. */
class FreshnessIT {
    @RegisterExtension
    static final Sandbox box = Sandbox.ofClass();

    private static final String USES_VALUE = "#include <value.h>\nint value(void) { return VALUE; }\n";

    /** Compiles with Cairn; the object must be that of a compilation without. Nothing in the work directory but the object is touched. */
    private static Outcome compile(String... arguments) {
        return compile(box.bare("gcc").with(arguments));
    }

    private static Outcome compile(Command command) {
        try {
            Files.deleteIfExists(box.work.resolve("out.o"));
            Path wanted = Files.createTempFile(box.root, "bare", ".o");
            List<String> bare = new ArrayList<>(command.argv());
            bare.addAll(List.of("-c", "use.c", "-o", wanted.toString()));
            int exit = command.withArgv(bare).run().exit();
            var before = box.stats();
            Result found = command.with("-c", "use.c", "-o", "out.o")
                    .after(box.launcher().toString())
                    .run();
            Outcome outcome = box.outcomeSince(before);
            assertThat(found.exit()).as("exit code of %s", outcome).isEqualTo(exit);
            if (exit == 0) {
                assertThat(box.read("out.o")).as("object of %s", outcome).isEqualTo(Files.readAllBytes(wanted));
            }
            return outcome;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void missThenHit(String... arguments) {
        assertThat(compile(arguments).word()).isEqualTo("miss");
        assertThat(compile(arguments).isHit()).as("unchanged: hit").isTrue();
    }

    @Test
    void anEditedSourceIsAMissAndTheOldOneAHit() {
        box.write("use.c", "int value = 1;\n");
        missThenHit();
        box.write("use.c", "int value = 2;\n");
        assertThat(compile()).isEqualTo(new Outcome("miss", "source_changed", ""));
        box.write("use.c", "int value = 1;\n");
        assertThat(compile().isHit()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Iinclude",
                "-isystem include -MMD -MF deps.d",
                "-isystem include",
                "-idirafter include -MD -MF deps.d"
            })
    void anEditedHeaderIsAMiss(String arguments) {
        box.write("use.c", USES_VALUE);
        box.write("include/value.h", "#define VALUE 1\n");
        missThenHit(arguments.split(" "));
        box.write("include/value.h", "#define VALUE 2\n");
        assertThat(compile(arguments.split(" "))).isEqualTo(new Outcome("miss", "header_changed", ""));
        box.write("include/value.h", "#define VALUE 1\n");
        assertThat(compile(arguments.split(" ")).isHit()).isTrue();
    }

    @Test
    void aHeaderThatShadowsAnotherIsAMissUntilItGoes() {
        box.write("use.c", USES_VALUE);
        box.write("b/value.h", "#define VALUE 1\n");
        box.directory("a");
        missThenHit("-Ia", "-Ib");
        box.write("a/value.h", "#define VALUE 2\n");
        assertThat(compile("-Ia", "-Ib")).isEqualTo(new Outcome("miss", "header_shadowed", ""));
        assertThat(compile("-Ia", "-Ib").isHit()).isTrue();
        box.delete("a/value.h");
        assertThat(compile("-Ia", "-Ib").isHit()).isTrue();
        box.write("a/value.h", "#error broken\n");
        assertThat(compile("-Ia", "-Ib").word()).isEqualTo("miss");
    }

    @Test
    void aHeaderRemovedAndRestoredIsFollowed() {
        box.write("use.c", USES_VALUE);
        box.write("a/value.h", "#define VALUE 1\n");
        box.write("b/value.h", "#define VALUE 2\n");
        missThenHit("-Ia", "-Ib");
        box.delete("a/value.h");
        missThenHit("-Ia", "-Ib");
        box.write("a/value.h", "#define VALUE 1\n");
        assertThat(compile("-Ia", "-Ib").isHit()).isTrue();
    }

    @Test
    void aDirectoryThatAppearsOnTheIncludePathCounts() {
        box.write("use.c", USES_VALUE);
        box.write("b/value.h", "#define VALUE 1\n");
        missThenHit("-Ia/deep", "-Ib");
        box.write("a/deep/value.h", "#define VALUE 2\n");
        missThenHit("-Ia/deep", "-Ib");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "#if __has_include(<maybe.h>)",
                "#ifdef __has_include\n#if __has_include(\"maybe.h\")\n#define YES\n#endif\n#endif\n#ifdef YES"
            })
    void aQuestionForAHeaderIsAskedAnew(String question) {
        box.write("use.c", question + "\nint value = 1;\n#else\nint value = 2;\n#endif\n");
        box.directory("a");
        missThenHit("-Ia");
        for (int round = 0; round < 2; round++) {
            box.write("a/maybe.h", "");
            compile("-Ia");
            box.delete("a/maybe.h");
            compile("-Ia");
        }
    }

    @Test
    void argumentsAndVariablesDecide() {
        box.write("use.c", "#include <value.h>\nint value(void) { return VALUE + MORE; }\n");
        box.write("a/value.h", "#define VALUE 1\n");
        box.write("b/value.h", "#define VALUE 2\n");
        Command one = box.bare("gcc", "-DMORE=1").env("CPATH", "a");
        assertThat(compile(one).word()).isEqualTo("miss");
        assertThat(compile(one).isHit()).isTrue();
        assertThat(compile(one.env("CPATH", "b"))).isEqualTo(new Outcome("miss", "environment_changed", ""));
        assertThat(compile(one.env("CPATH", "b").with("-DMORE=2")))
                .isEqualTo(new Outcome("miss", "arguments_changed", ""));
        assertThat(compile(one.unset("CPATH").env("C_INCLUDE_PATH", "b")).word())
                .isEqualTo("miss");
        assertThat(compile(one.unset("CPATH")).word()).isEqualTo("miss");
        assertThat(compile(one.env("UNRELATED", "x")).isHit()).isTrue();
    }

    @Test
    void aHeaderOfTheSameSizeAndTimeIsStillAnother() {
        box.write("use.c", USES_VALUE);
        Path header = box.write("include/value.h", "#define VALUE 1\n");
        missThenHit("-Iinclude");
        for (int value = 2; value < 6; value++) {
            Path twin = box.write("twin.h", "#define VALUE " + value + "\n");
            box.bare("touch", "-r", header.toString(), twin.toString()).run().succeeded();
            if (value % 2 == 0) {
                box.bare("cp", "-p", twin.toString(), header.toString()).run().succeeded();
            } else {
                box.bare("mv", twin.toString(), header.toString()).run().succeeded();
            }
            compile("-Iinclude");
        }
    }

    @Test
    void aRetargetedLinkIsAChange() throws IOException {
        box.write("use.c", USES_VALUE);
        box.write("one/value.h", "#define VALUE 1\n");
        box.write("two/value.h", "#define VALUE 2\n");
        Path link = box.work.resolve("include");
        for (String target : new String[] {"one", "two"}) {
            Files.deleteIfExists(link);
            Files.createSymbolicLink(link, Path.of(target));
            box.settle();
            missThenHit("-Iinclude");
        }
    }

    @Test
    void everyOneOfTwoEditsWithinATickIsSeen() throws IOException {
        box.write("use.c", USES_VALUE);
        Path header = box.write("include/value.h", "#define VALUE 100\n");
        List<byte[]> wanted = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            Files.writeString(header, "#define VALUE " + (100 + i) + "\n");
            box.bare("gcc", "-Iinclude", "-c", "use.c", "-o", "bare.o").run().succeeded();
            wanted.add(box.read("bare.o"));
        }
        box.start();
        Command compile = box.cairn("gcc", "-Iinclude", "-c", "use.c", "-o", "out.o");
        for (int i = 0; i < 30; i++) {
            Files.writeString(header, "#define VALUE " + (100 + i) + "\n");
            compile.run().succeeded();
            assertThat(box.read("out.o")).as("object of edit %d", i).isEqualTo(wanted.get(i));
        }
    }

    @Test
    void aHeaderEditedDuringTheCompilationMakesItsResultUnstorable() throws IOException {
        // The compiler reads the header at once, and has long to do afterwards.
        StringBuilder slow = new StringBuilder("#include <value.h>\nint value = VALUE;\n");
        for (int i = 0; i < 400; i++) {
            slow.append("double f")
                    .append(i)
                    .append("(double x) { for (int i = 0; i < 9; i++) x = x * x + ")
                    .append(i)
                    .append("; return x; }\n");
        }
        box.write("use.c", slow.toString());
        Path header = box.write("include/value.h", "#define VALUE 1\n");
        box.start();
        Command.Running running = box.cairn("gcc", "-O3", "-Iinclude", "-c", "use.c", "-o", "out.o")
                .start();
        Processes.awaitDescendant(running.process(), "cc1");
        var before = box.stats();
        Files.writeString(header, "#define VALUE 2\n");
        assertThat(running.process().isAlive())
                .as("the compiler is still at work")
                .isTrue();
        running.end().succeeded();
        assertThat(box.outcomeSince(before).notStored()).isEqualTo("input_changed");
        assertThat(compile("-O3", "-Iinclude").word()).isEqualTo("miss");
        box.write("include/value.h", "#define VALUE 1\n");
        assertThat(compile("-O3", "-Iinclude").word()).isEqualTo("miss");
    }

    @Test
    void aSourceWithTheTimeNeverHits() {
        box.write("use.c", "const char *time = __TIME__;\n");
        for (int i = 0; i < 3; i++) {
            assertThat(box.outcome("gcc", "-c", "use.c", "-o", "out.o").notStored())
                    .isEqualTo("time_macro");
        }
    }

    @Test
    void theTimeThatTheBuildSaysItIsDecides() {
        box.write("use.c", "const char *time = __TIME__ __DATE__;\n");
        Command one = box.bare("gcc").env("SOURCE_DATE_EPOCH", "1000000000");
        assertThat(compile(one).word()).isEqualTo("miss");
        assertThat(compile(one).isHit()).isTrue();
        assertThat(compile(one.env("SOURCE_DATE_EPOCH", "1000000001")))
                .isEqualTo(new Outcome("miss", "time_changed", ""));
        box.write("use.c", "int no_time;\n");
        assertThat(compile(one).word()).isEqualTo("miss");
        assertThat(compile(one.env("SOURCE_DATE_EPOCH", "7")).isHit()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang"})
    void aDateHitsOnTheSameDayOnly(String compiler) {
        box.write("use.c", "const char *date = __DATE__;\n");
        // At every moment it is another day in one of these zones.
        Command east = box.bare(compiler).env("TZ", "AAA-14");
        Command west = box.bare(compiler).env("TZ", "BBB+12");
        assertThat(compile(east).word()).isEqualTo("miss");
        assertThat(compile(east).isHit()).isTrue();
        assertThat(compile(west)).isEqualTo(new Outcome("miss", "time_changed", ""));
        assertThat(compile(west).isHit()).isTrue();
        assertThat(compile(east).isHit()).isTrue();
        assertThat(compile(box.bare(compiler).env("TZ", "No/Such_Zone")).notStored())
                .isEqualTo("time_macro");
    }

    @Test
    void aTimeStampFollowsTheFile() {
        box.write("use.c", "#include \"t.h\"\nconst char *time = STAMP;\n");
        box.write("t.h", "#define STAMP __TIMESTAMP__\n");
        missThenHit();
        box.bare("touch", "-d", "2001-01-01 10:00", "use.c").run().succeeded();
        box.settle();
        assertThat(compile()).isEqualTo(new Outcome("miss", "time_changed", ""));
        assertThat(compile().isHit()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang"})
    void aFileIncludedByTheAssemblerIsNeverMissed(String compiler) {
        box.write("use.c", "__asm__(\".data\\n.globl blob\\nblob: .incbin \\\"blob.bin\\\"\\n\");\n");
        for (String content : new String[] {"one", "two"}) {
            box.write("blob.bin", content);
            assertThat(compile(box.bare(compiler)).isHit()).isFalse();
            assertThat(compile(box.bare(compiler)).isHit()).isFalse();
        }
    }

    @Test
    void equalSourcesInTwoDirectoriesKeepTheirOwnHeaders() {
        for (String directory : new String[] {"a", "b"}) {
            box.write(directory + "/r.c", "#include \"r.h\"\nint r = R;\n");
            box.write(directory + "/r.h", "#define R 1\n");
            box.likeBare("gcc", "-c", directory + "/r.c", "-o", directory + ".o");
        }
        box.write("b/r.h", "#define R 2\n");
        assertThat(box.likeBare("gcc", "-c", "a/r.c", "-o", "a.o").isHit()).isTrue();
        assertThat(box.likeBare("gcc", "-c", "b/r.c", "-o", "b.o").word()).isEqualTo("miss");
    }
}
