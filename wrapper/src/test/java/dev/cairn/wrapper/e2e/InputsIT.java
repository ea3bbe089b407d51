package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What decides a result without standing in a dependency list. */
class InputsIT {
    @RegisterExtension
    static final Sandbox box = Sandbox.ofClass();

    private static void missThenHit(String... argv) {
        assertThat(box.likeBare(argv).word()).isEqualTo("miss");
        assertThat(box.likeBare(argv).isHit()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "clang -fsanitize=address -fsanitize-ignorelist=list",
                "clang -fsanitize=undefined -fsanitize-blacklist=list",
                "clang -fsanitize-coverage=trace-pc-guard -fsanitize-coverage-allowlist=list",
                "clang -fprofile-list=list -fprofile-instr-generate",
                "clang -fxray-attr-list=list",
            })
    void theContentOfAListCounts(String command) {
        box.write("a.c", "int f(int *p) { return *p; }\n");
        box.write("list", "fun:none\n");
        String[] argv = (command + " -c a.c -o a.o").split(" ");
        if (box.likeBare(argv).word().equals("passthrough")) {
            return; // named by its reason in the table of options
        }
        assertThat(box.likeBare(argv).isHit()).isTrue();
        box.write("list", "fun:f\n");
        missThenHit(argv);
        box.write("list", "fun:none\n");
        assertThat(box.likeBare(argv).isHit()).isTrue();
    }

    @Test
    void aPluginCountsByItsContent() {
        box.write("a.c", "int f;\n");
        for (String number : new String[] {"1", "2"}) {
            box.write(
                    "plugin.c",
                    "#include <stdio.h>\n__attribute__((constructor)) static void say(void) { fputs(\"plugin " + number
                            + "\\n\", stderr); }\n");
            box.bare("gcc", "-shared", "-fPIC", "plugin.c", "-o", "plugin.so")
                    .run()
                    .succeeded();
            box.settle();
            missThenHit("clang", "-fplugin=./plugin.so", "-c", "a.c", "-o", "a.o");
        }
    }

    @Test
    void aProfileCountsByItsContent() {
        box.write("a.c", "int f(int x) { return x ? 1 : 2; }\n");
        for (String count : new String[] {"7", "9000"}) {
            box.write("profile.txt", "f\n0\n2\n" + count + "\n1\n");
            Result merged = box.bare("llvm-profdata-14", "merge", "profile.txt", "-o", "p.profdata")
                    .run();
            assertThat(merged.exit()).as(merged.errText()).isZero();
            box.settle();
            missThenHit(
                    "clang",
                    "-O2",
                    "-Wno-profile-instr-out-of-date",
                    "-fprofile-use=p.profdata",
                    "-c",
                    "a.c",
                    "-o",
                    "a.o");
        }
    }

    @Test
    void anUnknownOptionThatNamesAFileIsNeverAStaleHit() {
        box.write("a.c", "int f;\n");
        box.write("value", "1");
        for (String option : new String[] {"-fnew-flag=value", "--new-flag=value", "-Wnew-thing=value"}) {
            assertThat(box.likeBare("gcc", option, "-c", "a.c", "-o", "a.o").isHit())
                    .isFalse();
            assertThat(box.likeBare("gcc", option, "-c", "a.c", "-o", "a.o").isHit())
                    .isFalse();
        }
    }

    @Test
    void aPipeThatIsIncludedIsReadByTheCompilerAlone() {
        box.write("a.c", "int f = VALUE;\n");
        box.bare("mkfifo", "fifo").run().succeeded();
        for (String value : new String[] {"1", "2"}) {
            Command feed = box.bare("sh", "-c", "(echo '#define VALUE " + value + "' >fifo) & exec \"$@\"", "sh");
            String[] compile = {"gcc", "-include", "fifo", "-c", "a.c", "-o", "a.o"};
            feed.with(compile).run().succeeded();
            byte[] bare = box.read("a.o");
            feed.with(box.launcher().toString()).with(compile).run().succeeded();
            assertThat(box.read("a.o")).isEqualTo(bare);
        }
    }

    @Test
    void aConfigurationFileThatClangFindsByItselfIsNotMissed() throws IOException {
        box.write("a.c", "int f = VALUE;\n");
        box.directory("bin");
        Path clang = Files.createSymbolicLink(
                box.work.resolve("bin/x86_64-clang"), Tool.require("clang").toRealPath());
        String[] argv = {clang.toString(), "-DVALUE=1", "-c", "a.c", "-o", "a.o"};
        missThenHit(argv);
        for (String name : new String[] {"x86_64-clang.cfg", "clang.cfg", "x86_64.cfg"}) {
            box.write("bin/" + name, "-UVALUE -DVALUE=2\n");
            box.likeBare(argv);
            box.delete("bin/" + name);
            box.likeBare(argv);
        }
    }

    @ParameterizedTest
    @CsvSource({"-Werror -Wno-error -Wall", "-Wno-error -Wall -Werror", "-g3 -g0 -g1 -Wall", "-DX=1 -UX -DX=2 -Wall"})
    void theOrderOfOptionsCounts(String flags) {
        box.write("a.c", "int f(void) { int unused; return 1\n#ifdef X\n+ X\n#endif\n; }\n");
        box.likeBare(("gcc " + flags + " -c a.c -o a.o").split(" "));
        String[] words = flags.split(" ", -1);
        StringBuilder reversed = new StringBuilder();
        for (String word : words) {
            reversed.insert(0, word + " ");
        }
        assertThat(box.likeBare(("gcc " + reversed + "-c a.c -o a.o").split(" +"))
                        .isHit())
                .isFalse();
    }

    @Test
    void theLanguageOfAFileIsThatOfItsDriver() {
        box.write("x.c", "int size = sizeof('a');\n");
        for (String driver : new String[] {"gcc", "g++", "clang", "clang++"}) {
            missThenHit(driver, "-w", "-c", "x.c", "-o", "x.o");
        }
    }

    @Test
    void theSameWordsMeanOtherFilesInAnotherDirectory() {
        for (String directory : new String[] {"one", "two"}) {
            box.write(directory + "/a.c", "#include \"v.h\"\nint v = V;\n");

            box.write(directory + "/v.h", "#define V " + directory.length() + directory.charAt(0) % 2 + "\n");
            Command bare = box.bare("gcc", "-c", "a.c", "-o", "a.o").in(box.work.resolve(directory));
            assertThat(box.likeBare(bare).word()).isEqualTo("miss");
            assertThat(box.likeBare(bare).isHit()).isTrue();
        }
    }

    @Test
    void aFileUsedAsAListIsStillScannedWhenItIsIncluded() {
        box.write("both", "int t = sizeof __TIME__;\n");
        box.write("a.c", "int f;\n");
        box.likeBare("clang", "-fsanitize=address", "-fsanitize-ignorelist=both", "-c", "a.c", "-o", "a.o");
        box.write("b.c", "#include \"both\"\n");
        box.likeBare("clang", "-c", "b.c", "-o", "b.o");
        assertThat(box.likeBare("clang", "-c", "b.c", "-o", "b.o").notStored()).isEqualTo("time_macro");
    }

    @Test
    void aHeaderOfAUnitOfSeveralSourcesIsFollowed() {
        box.write("deep.h", "#define DEEP 1\n");
        box.write("one.cpp", "#include \"deep.h\"\nint one = DEEP;\n");
        box.write("two.cpp", "int two = DEEP;\n");
        box.write("unity.cpp", "#include \"one.cpp\"\n#include \"two.cpp\"\n");
        missThenHit("g++", "-c", "unity.cpp", "-o", "u.o");
        box.write("deep.h", "#define DEEP 2\n");
        missThenHit("g++", "-c", "unity.cpp", "-o", "u.o");
        box.write("two.cpp", "int two = DEEP + 1;\n");
        missThenHit("g++", "-c", "unity.cpp", "-o", "u.o");
    }

    @Test
    void aHeaderThatIsNoLongerIncludedLeavesTheDepfile() {
        box.write("empty.h", "\n");
        box.write("list.h", "#include \"empty.h\"\n");
        box.write("a.c", "#include \"list.h\"\nint a;\n");
        missThenHit("gcc", "-MD", "-c", "a.c", "-o", "a.o");
        box.write("list.h", "\n");
        box.delete("empty.h");
        missThenHit("gcc", "-MD", "-c", "a.c", "-o", "a.o");
    }

    @Test
    void aCommentCounts() {
        box.write("a.c", "/** @param y no such parameter */\nint f(int x);\n");
        missThenHit("clang", "-Wdocumentation", "-c", "a.c", "-o", "a.o");
        box.write("a.c", "/** @param x there is one */\nint f(int x);\n");
        missThenHit("clang", "-Wdocumentation", "-c", "a.c", "-o", "a.o");
    }

    @Test
    void aTouchedButEqualFileIsAHit() {
        box.write("v.h", "#define V 1\n");
        box.write("a.c", "#include \"v.h\"\nint v = V;\n");
        missThenHit("gcc", "-c", "a.c", "-o", "a.o");
        box.bare("touch", "v.h", "a.c").run().succeeded();
        box.settle();
        assertThat(box.likeBare("gcc", "-c", "a.c", "-o", "a.o").isHit()).isTrue();
    }

    @Test
    void aNewModuleFileIsFollowed() {
        box.write("m.cppm", "export module m;\nexport int v() { return 1; }\n");
        box.write("use.cpp", "import m;\nint use() { return v(); }\n");
        for (String value : new String[] {"1", "2"}) {
            box.write("m.cppm", "export module m;\nexport inline int v() { return " + value + "; }\n");
            box.bare("clang++", "-std=c++20", "--precompile", "m.cppm", "-o", "m.pcm")
                    .run()
                    .succeeded();
            box.settle();
            String[] argv = {"clang++", "-std=c++20", "-fmodule-file=m.pcm", "-c", "use.cpp", "-o", "use.o"};
            assertThat(box.likeBare(argv).isHit()).as("module %s", value).isFalse();
            box.likeBare(argv);
        }
    }
}
