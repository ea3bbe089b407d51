package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not cached behaves as without Cairn, and is counted under its reason. */
class PassthroughIT {
    @RegisterExtension
    static final Sandbox box = Sandbox.ofClass();

    @ParameterizedTest
    @CsvSource({
        "gcc main.c -o main, not_a_compilation",
        "gcc -E main.c, not_a_compilation",
        "gcc -M main.c, not_a_compilation",
        "gcc --version, not_a_compilation",
        "gcc -print-file-name=libc.so, not_a_compilation",
        "gcc -c main.c other.c -o x.o, multiple_sources",
        "gcc -c -o x.o, no_source",
        "gcc -x c -c - -o x.o, stdin_source",
        "gcc -c main.c --no-such-option -o x.o, unknown_option",
        "clang -c main.c --no-such-option -o x.o, unknown_option",
        "gcc -c main.c -o, missing_argument",
        "gcc -c main.c -fplugin=./none -o x.o, input_missing",
        "gcc -c main.c -save-temps -o x.o, unsupported_option",
    })
    void isBareAndCountedUnderItsReason(String command, String reason) {
        box.write("main.c", "int main(void) { return 0; }\n");
        box.write("other.c", "int other;\n");
        box.write("input", "int from_stdin;\n");
        Command bare = box.bare(command.split(" ")).reading(box.work.resolve("input"));
        assertThat(box.likeBare(bare)).isEqualTo(new Outcome("passthrough", reason, ""));
        assertThat(box.likeBare(bare)).isEqualTo(new Outcome("passthrough", reason, ""));
    }

    @Test
    void standardInputReachesTheCompiler() {
        for (String text : new String[] {"int one;\n", "int two;\n"}) {
            box.write("input", text);
            box.likeBare(box.bare("gcc", "-x", "c", "-c", "-", "-o", "x.o").reading(box.work.resolve("input")));
        }
    }

    @Test
    void aVariableThatMakesTheCompilerWriteMoreIsNotCached() {
        box.write("main.c", "int main(void) { return 0; }\n");
        Command bare = box.bare("gcc", "-c", "main.c", "-o", "main.o").env("DEPENDENCIES_OUTPUT", "deps.d");
        for (int i = 0; i < 2; i++) {
            assertThat(box.likeBare(bare)).isEqualTo(new Outcome("passthrough", "environment", ""));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang"})
    void responseFilesAreExpandedAndTheirContentDecides(String compiler) {
        box.directory("dir with space");
        box.write("dir with space/h.h", "int from_space;\n");
        box.write("main.c", "#include \"h.h\"\nint main(void) { return VALUE; }\nconst char *t = TEXT;\n");
        box.write("inner.rsp", "-DVALUE=1\n'-DTEXT=\"a b\"'\n");
        box.write("outer.rsp", "-c main.c \"-Idir with space\"\n@inner.rsp -o main.o\\\n.x\n");
        box.write("plain.rsp", "-c main.c -I'dir with space' -DVALUE=1 -DTEXT=0 -o main.o");
        for (String file : new String[] {"@plain.rsp", "@outer.rsp"}) {
            assertThat(box.likeBare(compiler, file).word()).isEqualTo("miss");
            assertThat(box.likeBare(compiler, file).isHit()).isTrue();
        }
        box.write("inner.rsp", "-DVALUE=2\n'-DTEXT=\"a b\"'\n");
        assertThat(box.likeBare(compiler, "@outer.rsp").word()).isEqualTo("miss");
        assertThat(box.likeBare(compiler, "@outer.rsp").isHit()).isTrue();
        box.write("inner.rsp", "-DVALUE=1\n'-DTEXT=\"a b\"'\n");
        assertThat(box.likeBare(compiler, "@outer.rsp").isHit()).isTrue();
    }

    @Test
    void aResponseFileThatIsNotThereIsTheCompilersBusiness() {
        box.write("main.c", "int main(void) { return 0; }\n");
        box.likeBare("gcc", "@none.rsp", "-c", "main.c");
    }

    @Test
    void aCommandThatDoesNotExistFailsAsInAShell() {
        Result missing = box.cairn("no-such-compiler", "-c", "x.c").run();
        assertThat(missing.exit()).isEqualTo(127);
        assertThat(missing.errText()).contains("no-such-compiler");
    }

    @Test
    void disabledRunsTheCompilerAndTouchesNothing() {
        Path untouched = box.root.resolve("untouched");
        box.write("main.c", "int main(void) { return 0; }\n");
        Command bare = box.bare("gcc", "-c", "main.c", "-o", "main.o")
                .env("CAIRN_DISABLE", "1")
                .env("CAIRN_DIR", untouched.toString());
        bare.after(box.launcher().toString()).run().succeeded();
        byte[] object = box.read("main.o");
        bare.run().succeeded();
        assertThat(object).isEqualTo(box.read("main.o"));
        assertThat(untouched).doesNotExist();
    }

    @Test
    void recacheCompilesAnewAndReplaces() {
        box.write("main.c", "int main(void) { return 0; }\n");
        Command bare = box.bare("gcc", "-c", "main.c", "-o", "main.o");
        assertThat(box.likeBare(bare).word()).isEqualTo("miss");
        assertThat(box.likeBare(bare.env("CAIRN_RECACHE", "1")).word()).isEqualTo("recached");
        assertThat(box.likeBare(bare).isHit()).isTrue();
    }
}
