package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is printed, to whom, in which language and colour. */
class DiagnosticsIT {
    @RegisterExtension
    static final Sandbox box = Sandbox.ofClass();

    private static void warning() {
        box.write("w.c", "int f(int x) { int unused; if (x = 1) return 2; }\n");
    }

    @ParameterizedTest
    @CsvSource({
        "gcc, xterm, ''",
        "gcc, dumb, ''",
        "gcc, xterm, -fdiagnostics-color=never",
        "gcc, xterm, -fdiagnostics-color=auto",
        "gcc, xterm, -fno-diagnostics-color",
        "clang, xterm, ''",
        "clang, xterm, -fno-color-diagnostics",
    })
    void coloursAreThoseOfTheUsersTerminal(String compiler, String terminal, String flag) {
        Tool.require("script");
        warning();
        String bare = (compiler + " -Wall " + flag + " -c w.c -o w.o").replaceAll(" +", " ");
        String wanted = onTerminal(bare, terminal);
        for (int i = 0; i < 2; i++) {
            assertThat(onTerminal(box.launcher() + " " + bare, terminal))
                    .as("run %d", i)
                    .isEqualTo(wanted);
        }
        Result piped = box.cairn(bare.split(" ")).env("TERM", terminal).run();
        assertThat(piped.errText()).as("into a file").doesNotContain("\033[");
        assertThat(onTerminal(box.launcher() + " " + bare, terminal))
                .as("again")
                .isEqualTo(wanted);
    }

    private static String onTerminal(String command, String terminal) {
        return box.bare("script", "-qec", command, "/dev/null")
                .env("TERM", terminal)
                .env("GCC_URLS", "no")
                .run()
                .succeeded()
                .outText();
    }

    @Test
    void messagesAreInTheLanguageOfTheCaller() {
        warning();
        for (String locale : new String[] {"C", "C.UTF-8"}) {
            Command bare = box.bare("gcc", "-Wall", "-c", "w.c", "-o", "w.o").env("LC_ALL", locale);
            assertThat(box.likeBare(bare).word()).isEqualTo("miss");
            assertThat(box.likeBare(bare).isHit()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang"})
    void bytesAreRepeatedWhateverTheyAre(String compiler) throws Exception {
        Path source = box.work.resolve("odd.c");
        Files.write(source, "#warning \u00ff\u00fe tail\r\nint f;".getBytes(StandardCharsets.ISO_8859_1));
        box.settle();
        box.likeBare(compiler, "-c", "odd.c", "-o", "odd.o");
        box.likeBare(compiler, "-c", "odd.c", "-o", "odd.o");
    }

    @Test
    void nothingIsAddedToAssemblerInputThatClangWouldComplainOf() {
        box.write("q.s", "\t.globl q\nq:\n\t.long 1\n");
        box.write(".git/HEAD", "x\n");
        for (int i = 0; i < 2; i++) {
            Command bare =
                    box.bare("clang", "-Werror", "-c", "q.s", "-o", "q.o").env("CAIRN_PATH_REMAP", "auto");
            box.likeBare(bare);
        }
    }

    @Test
    void probesOfBuildSystemsSeeNoWordOfCairn() {
        box.write("main.c", "int main(void) { return 0; }\n");
        for (String flag : new String[] {"-Wno-such-warning", "-fno-such-flag", "-std=nonsense", "-mno-such-machine"}) {
            for (String compiler : new String[] {"gcc", "clang"}) {
                box.likeBare(compiler, flag, "-Werror", "-c", "main.c", "-o", "main.o");
            }
        }
    }

    @Test
    void aRunThatFailedOnceIsTriedAgain() throws Exception {
        box.write("late.c", "#include \"late.h\"\nint l = LATE;\n");
        assertThat(box.likeBare("gcc", "-c", "late.c", "-o", "late.o").notStored())
                .isEqualTo("compilation_failed");
        box.write("late.h", "#define LATE 1\n");
        assertThat(box.likeBare("gcc", "-c", "late.c", "-o", "late.o").word()).isEqualTo("miss");
        assertThat(box.likeBare("gcc", "-c", "late.c", "-o", "late.o").isHit()).isTrue();
    }
}
