package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Changes that no dependency list shows. Each case is three pieces of shell: what is there, what is compiled, what
 * changes; afterwards Cairn's object and exit code must be those of the bare compiler.
 */
class SubtleFreshnessIT {
    @RegisterExtension
    static final Sandbox box = Sandbox.ofClass();

    /** Waits until the file system's clock has moved on, so that what was written before can be stored. */
    private static final String TICK = "touch ../t0; while ! [ ../t1 -nt ../t0 ]; do touch ../t1; done";

    /** Has a directory move for many hits, one right after the other, as where outputs are written beside the sources. */
    private static final String MOVE = "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do"
            + " rm -f $LIVELY/o a.o; $CAIRN $COMMAND -o $LIVELY/o; $CAIRN $COMMAND -o a.o; done; ";

    /** More files than an include asks for names. */
    private static final String MANY = "; for i in $(seq 500); do touch p/other$i; done";

    private static final AtomicInteger NUMBER = new AtomicInteger();

    static Stream<Arguments> changes() {
        return Stream.of(
                change(
                        "a header in a directory that appeared after the last hit",
                        "mkdir -p p q/sub; echo 'int v=1;' >q/sub/x.h; echo '#include <sub/x.h>' >a.c",
                        "gcc -Ip -Iq -c a.c -o a.o",
                        "mkdir p/sub; $CAIRN gcc -Ip -Iq -c a.c -o a.o; echo 'int v=2;' >p/sub/x.h"),
                change(
                        "a directory of a header's name becomes that header",
                        "mkdir -p p/h.h q; echo 'int v=1;' >q/h.h; echo '#include <h.h>' >a.c",
                        "gcc -Ip -Iq -c a.c -o a.o",
                        "rmdir p/h.h; echo 'int v=2;' >p/h.h"),
                change(
                        "a link on the include path leads elsewhere",
                        "mkdir one two; echo 'int v=1;' >one/h.h; echo 'int v=2;' >two/h.h; ln -s one inc; echo '#include \"h.h\"' >a.c",
                        "gcc -Iinc -c a.c -o a.o",
                        "ln -sfn two inc"),
                change(
                        "the header that GCC includes by itself",
                        "mkdir i; echo 'int x = X;' >a.c; echo '#define X 1' >x.h",
                        "gcc -Ii -include x.h -c a.c -o a.o",
                        "echo '#define X2 2' >i/stdc-predef.h; echo '#undef X' >>i/stdc-predef.h; echo 'int y;' >>i/stdc-predef.h"),
                change(
                        "assembler includes in capitals",
                        "echo 1 >f; printf '.INCBIN \"f\"\\n' >a.s",
                        "gcc -c a.s -o a.o",
                        "echo 2 >f"),
                change(
                        "assembler includes by a macro",
                        "echo '.byte 1' >f; printf '.macro m a:vararg\\n.include \\\\a\\n.endm\\nm \"f\"\\n' >a.s",
                        "gcc -c a.s -o a.o",
                        "echo '.byte 2' >f"),
                change(
                        "Clang includes from preprocessed text",
                        "echo 'int v=1;' >f.h; echo '#include \"f.h\"' >a.i",
                        "clang -c a.i -o a.o",
                        "echo 'int v=2;' >f.h"),
                change(
                        "a toolchain of the same programs and other headers",
                        "for d in A B; do mkdir -p $d/lib/gcc/x86_64-linux-gnu/12/include $d/bin; cp /usr/bin/gcc-12 $d/bin/gcc;"
                                + " ln -s /usr/lib/gcc/x86_64-linux-gnu/12/cc1 $d/lib/gcc/x86_64-linux-gnu/12/;"
                                + " echo \"char tc[]=\\\"$d\\\";\" >$d/lib/gcc/x86_64-linux-gnu/12/include/zed.h; done;"
                                + " ln -s A cur; echo '#include <zed.h>' >a.c",
                        "./cur/bin/gcc -c a.c -o a.o",
                        "ln -sfn B cur"),
                change(
                        "a sanitizer's default list appears",
                        "mkdir -p tc/bin tc/lib/clang/14.0.6/share; cp /usr/lib/llvm-14/bin/clang tc/bin/clang;"
                                + " echo 'int f(int*p){return *p;}' >a.c",
                        "./tc/bin/clang -fsanitize=address -c a.c -o a.o",
                        "echo 'fun:f' >tc/lib/clang/14.0.6/share/asan_ignorelist.txt"),
                change(
                        "equal files of other times under #pragma once",
                        "mkdir p q; printf '#pragma once\\nstatic int f(void){return 0;}\\n' >p/x.h; cp -p p/x.h q/x.h;"
                                + " printf '#include \"p/x.h\"\\n#include \"q/x.h\"\\n' >a.c",
                        "gcc -c a.c -o a.o",
                        "touch -d 2001-01-01 q/x.h"),
                change(
                        "a directory that a warning is about",
                        "mkdir d; echo 'int x;' >a.c",
                        "gcc -Werror -Wmissing-include-dirs -Id -c a.c -o a.o",
                        "rmdir d"));
    }

    /** The same in a directory into which a build writes at that moment. */
    static Stream<Arguments> changesWhereABuildWrites() {
        String header = "mkdir -p p q/sub; echo 'int v=1;' >q/x.h; cp q/x.h q/sub; echo '#include <x.h>' >a.c";
        String searched = "gcc -Ip -Iq -c a.c";
        String own = "mkdir -p p q; echo 'int v=1;' >q/x.h; echo '#include \"x.h\"' >p/a.c";
        return Stream.of(
                lively("a header", header, searched, "echo 'int v=2;' >p/x.h"),
                lively("a header among many files", header + MANY, searched, "echo 'int v=2;' >p/x.h"),
                lively("a header beside the source", own, "gcc -Iq -c p/a.c", "echo 'int v=2;' >p/x.h"),
                lively(
                        "a header beside the source, among many",
                        own + MANY,
                        "gcc -Iq -c p/a.c",
                        "mv q/x.h q/y; echo 'int v=2;' >p/x.h"),
                lively(
                        "a directory with a header",
                        header + MANY + "; echo '#include <sub/x.h>' >a.c",
                        searched,
                        "mkdir p/sub; echo 'int v=2;' >p/sub/x.h"),
                lively(
                        "p/sub",
                        "a header below a directory that is searched",
                        header + "; mkdir p/sub; echo '#include <sub/x.h>' >a.c",
                        searched,
                        "echo 'int v=2;' >p/sub/x.h"),
                lively("a link to a header", header + MANY, searched, "echo 'int v=2;' >y.h; ln -s ../y.h p/x.h"),
                lively(
                        "what a link leads to",
                        header + MANY + "; ln -s ../n/x.h p/x.h",
                        searched,
                        "mkdir n; echo 'int v=2;' >n/x.h"),
                lively("another directory", header + MANY, searched, "mv p away; mkdir p; echo 'int v=2;' >p/x.h"),
                lively(
                        "the answer to a question",
                        header + MANY + "; printf '#if __has_include(<y.h>)\nint w;\n#endif\n' >>a.c",
                        searched,
                        "touch p/y.h"),
                lively(
                        "a precompiled header",
                        header + MANY + "; cp q/x.h p/x.h; echo 'int a;' >a.c",
                        "gcc -Ip -include x.h -c a.c",
                        "echo 'int v=3;' >y.h; gcc -x c-header y.h -o p/x.h.gch"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"changes", "changesWhereABuildWrites"})
    void theObjectIsWhatTheCompilerWouldMakeNow(String name, String before, String command, String change) {
        String directory = "case" + NUMBER.incrementAndGet();
        shell("mkdir " + directory);
        shell("cd " + directory + "; " + before + "; " + TICK);
        Result first = shell("cd " + directory + "; $CAIRN " + command);
        assertThat(first.exit()).as("%s, before the change", name).isZero();
        shell("cd " + directory + "; " + TICK + "; " + change);
        int exit = shell("cd " + directory + "; rm -f a.o; $CAIRN " + command).exit();
        shell("cd " + directory + "; if [ -e a.o ]; then mv a.o found.o; fi");
        int bare = shell("cd " + directory + "; " + command).exit();
        assertThat(exit).isEqualTo(bare);
        assertThat(shell("cd " + directory + "; test ! -e a.o && test ! -e found.o || cmp a.o found.o")
                        .exit())
                .as("the objects are equal")
                .isZero();
    }

    private static Result shell(String script) {
        String cairn = "CAIRN='" + box.launcher() + "'; export CAIRN; ";
        return box.bare("bash").withArgv(List.of("bash", "-c", cairn + script)).run();
    }

    private static Arguments lively(String name, String before, String command, String change) {
        return lively("p", name, before, command, change);
    }

    private static Arguments lively(String directory, String name, String before, String command, String change) {
        String move = "LIVELY=" + directory + "; COMMAND='" + command + "'; " + MOVE;
        return change(name + ", where a build writes", before, command + " -o a.o", move + change);
    }

    private static Arguments change(String name, String before, String command, String change) {
        return Arguments.of(name, before, command, change);
    }
}
