package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Miss and hit leave the files, print the text and return the code that the compiler alone does. */
class OutputsIT {
    @RegisterExtension
    static final Sandbox box = Sandbox.ofClass();

    private void missesThenHits(String... command) {
        assertThat(box.likeBare(command).word()).isEqualTo("miss");
        assertThat(box.likeBare(command).isHit()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-c foo.c -o foo.o",
                "-c foo.c",
                "-c -ofoo.obj foo.c",
                "-c dir/bar.c",
                "-c dir/bar.c -o dir/bar.o",
                "-c ./dir/../foo.c -o dir/../dir/x",
                "-S foo.c",
                "-S -O2 dir/bar.c -o bar.asm",
                "-g3 -c foo.c -o foo.o",
                "-flto -frandom-seed=1 -c foo.c -o foo.o",
                "-x c++ -c foo.c -o foo.o",
                "-c pre.i -o pre.o",
                "-c low.s -o low.o",
                "-c low.S -o low.o",
                "-include forced.h -c foo.c -o foo.o",
                "-DNAME=\"quoted text\" -c foo.c -o foo.o",
            })
    void everyKindOfOutputIsDelivered(String arguments) {
        sources();
        for (String compiler : new String[] {"gcc", "clang"}) {
            missesThenHits((compiler + " " + arguments).split(" (?=[^\"]*(\"[^\"]*\"[^\"]*)*$)"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-MD -c foo.c -o foo.o",
                "-MMD -c foo.c -o foo.o",
                "-MD -MP -c foo.c -o foo.o",
                "-MMD -MP -MF deps.mk -c foo.c -o foo.o",
                "-MD -MFdeps.mk -c foo.c -o foo.o",
                "-MD -MT other -MT third -c foo.c -o foo.o",
                "-MD -MQ $odd:name -c foo.c -o foo.o",
                "-MMD -MT x.o -MF dir/x.d -c dir/bar.c -o dir/bar.o",
                "-MD -c dir/bar.c",
                "-MD -S foo.c",
                "-MD -c low.S -o low.o",
            })
    void dependencyFilesAreDelivered(String arguments) {
        sources();
        for (String compiler : new String[] {"gcc", "clang"}) {
            missesThenHits((compiler + " -isystem sys " + arguments).split(" "));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Wp,-MD,deps.d", "-Wp,-MMD,deps.d", "-Wp,-MD,deps.d -MF other.d -MD"})
    void dependencyFilesAskedOfThePreprocessorAreMade(String arguments) {
        sources();
        for (String compiler : new String[] {"gcc", "clang"}) {
            String[] command = (compiler + " " + arguments + " -c foo.c -o foo.o").split(" ");
            box.likeBare(command);
            box.likeBare(command);
        }
    }

    @Test
    void aDependencyFileNamesItsOwnSource() {
        sources();
        box.write("copy.c", new String(box.read("foo.c"), java.nio.charset.StandardCharsets.UTF_8));
        missesThenHits("gcc", "-MD", "-c", "foo.c", "-o", "foo.o");
        box.likeBare("gcc", "-MD", "-c", "copy.c", "-o", "copy.o");
        box.likeBare("gcc", "-MD", "-c", "copy.c", "-o", "copy.o");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "g++", "clang"})
    void warningsAreRepeatedExactly(String compiler) {
        box.write("warn.h", "static int unused_in_header(int v) { int w; return v; }\n");
        box.write(
                "warn.c",
                "#include \"warn.h\"\n#warning \"caf\u00e9 and tab\there\"\nint f(int x) { int y; if (x = 1) return 2; }\r\n");
        missesThenHits(compiler, "-Wall", "-Wextra", "-c", "warn.c", "-o", "warn.o");
        missesThenHits(compiler, "-Wall", "-fdiagnostics-color=always", "-c", "warn.c", "-o", "warn.o");
    }

    @Test
    void megabytesOfWarningsComeThroughAPipe() {
        box.write("loud.c", ("#warning " + "five thousand bytes ".repeat(250) + "\n").repeat(350));
        Command bare = box.bare("sh", "-c", "\"$@\" 2>&1 | (read -r line; cat) | cksum", "sh");
        String[] compile = {"gcc", "-Wall", "-c", "loud.c", "-o", "loud.o"};
        Command withCairn = bare.with(box.launcher().toString()).with(compile);
        assertThat(box.likeBare(bare.with(compile), withCairn).word()).isEqualTo("miss");
        assertThat(box.likeBare(bare.with(compile), withCairn).isHit()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang++"})
    void aFailedCompilationPrintsTheSameAndIsNotStored(String compiler) {
        box.write("bad.c", "int f(void) { return undeclared; }\n#error stop here\n");
        String[] command = {compiler, "-Wall", "-c", "bad.c", "-o", "bad.o"};
        for (int i = 0; i < 2; i++) {
            Outcome outcome = box.likeBare(command);
            assertThat(outcome.word()).isEqualTo("miss");
            assertThat(outcome.notStored()).isEqualTo("compilation_failed");
        }
        assertThat(box.stats().path("cache").path("artifacts").asInt()).isZero();
    }

    @Test
    void afterAFailedCompilationNoOldObjectIsLeft() {
        box.write("turn.c", "int f;\n");
        missesThenHits("gcc", "-c", "turn.c", "-o", "turn.o");
        box.cairn("gcc", "-c", "turn.c", "-o", "turn.o").run().succeeded();
        box.write("turn.c", "int f\n");
        box.likeBare("gcc", "-c", "turn.c", "-o", "turn.o");
    }

    @Test
    void aMissingOutputDirectoryIsAnErrorAsForTheCompiler() {
        box.write("foo.c", "int f;\n");
        box.likeBare("gcc", "-c", "foo.c", "-o", "nowhere/foo.o");
        box.directory("nowhere");
        missesThenHits("gcc", "-c", "foo.c", "-o", "nowhere/foo.o");
        box.delete("nowhere");
        box.likeBare("gcc", "-c", "foo.c", "-o", "nowhere/foo.o");
        assertThat(box.work.resolve("nowhere")).doesNotExist();
    }

    @Test
    void aReadOnlyOutputIsReplacedAsTheCompilerDoes() throws IOException {
        box.write("foo.c", "int f;\n");
        Path object = box.write("foo.o", "old");
        Files.setPosixFilePermissions(object, PosixFilePermissions.fromString("r--r--r--"));
        missesThenHits("gcc", "-c", "foo.c", "-o", "foo.o");
    }

    @Test
    void devicesAreNeverReplaced() throws IOException {
        box.write("foo.c", "int f;\n");
        for (int i = 0; i < 2; i++) {
            box.likeBare("gcc", "-c", "foo.c", "-o", "/dev/null");
            box.likeBare("gcc", "-MD", "-MF", "/dev/null", "-c", "foo.c", "-o", "foo.o");
            box.likeBare("gcc", "-c", "/dev/null", "-o", "foo.o");
        }
        assertThat((int) Files.getAttribute(Path.of("/dev/null"), "unix:mode") & 0170000)
                .as("type of /dev/null: a character device")
                .isEqualTo(0020000);
    }

    @Test
    void anOutputThatIsALinkIsTheCompilersBusiness() throws IOException {
        box.write("foo.c", "int f;\n");
        box.write("real.o", "");
        missesThenHits("gcc", "-c", "foo.c", "-o", "foo.o");
        Files.createSymbolicLink(box.work.resolve("foo.o"), Path.of("real.o"));
        box.cairn("gcc", "-c", "foo.c", "-o", "foo.o").run().succeeded();
        assertThat(box.work.resolve("foo.o")).isSymbolicLink();
        assertThat(box.work.resolve("real.o")).isNotEmptyFile();
    }

    private void sources() {
        box.write("sys/system.h", "#define SYSTEM 1\n");
        box.write("own.h", "#define OWN 2\n");
        box.write("forced.h", "#define FORCED 3\n");
        box.write(
                "foo.c",
                "#include <stddef.h>\n#include \"own.h\"\n#if __has_include(<system.h>)\n#include <system.h>\n#endif\n"
                        + "int foo(int x) { return x + OWN; }\nconst char *file = __FILE__;\n");
        box.write("dir/bar.c", "#include \"../own.h\"\nint bar(int x) { return x + OWN; }\n");
        box.write("pre.i", "# 1 \"pre.c\"\nint pre;\n");
        box.write("low.s", "\t.globl low\nlow:\n\t.long 1\n");
        box.write("low.S", "#include \"own.h\"\n\t.globl low\nlow:\n\t.long OWN\n");
    }
}
