package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A first compilation is stored and a second one is delivered, whatever the compiler is called and however it is started. */
class CompilersIT {
    @RegisterExtension
    static final Sandbox box = Sandbox.ofClass();

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "cc", "gcc-12", "aarch64-linux-gnu-gcc", "clang"})
    void cCompilersMissAndThenHit(String compiler) {
        box.write("part.h", "static inline int twice(int x) { return 2 * x; }\n");
        box.write("foo.c", "#include <stddef.h>\n#include \"part.h\"\nint foo(int x) { return twice(x); }\n");
        missesAndThenHits(compiler, "foo.c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"g++", "c++", "x86_64-linux-gnu-g++-12", "clang++"})
    void cxxCompilersMissAndThenHit(String compiler) {
        box.write("part.h", "template <class T> T twice(T x) { return x + x; }\n");
        box.write("foo.cpp", "#include <cstddef>\n#include \"part.h\"\nint foo(int x) { return twice(x); }\n");
        missesAndThenHits(compiler, "foo.cpp");
    }

    private void missesAndThenHits(String compiler, String source) {
        String[] command = {compiler, "-g", "-O2", "-Wall", "-c", source, "-o", "foo.o"};
        assertThat(box.likeBare(command)).isEqualTo(new Outcome("miss", "first_seen", ""));
        assertThat(box.likeBare(command)).isEqualTo(new Outcome("hit", "memory", ""));
    }

    @Test
    void compilersOfOneSourceDoNotShareResults() {
        box.write("foo.c", "int foo(int x) { return x + __GNUC__; }\n");
        for (String compiler : new String[] {"gcc", "clang", "g++", "aarch64-linux-gnu-gcc"}) {
            assertThat(box.likeBare(compiler, "-c", "foo.c", "-o", "foo.o").word())
                    .as(compiler)
                    .isEqualTo("miss");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang++"})
    void aLinkNamedLikeTheCompilerStandsForIt(String compiler) throws IOException {
        Path bin = Files.createTempDirectory(box.root, "bin");
        Files.createSymbolicLink(bin.resolve(compiler), box.launcher());
        box.write("foo.cpp", "int foo() { return 1; }\n");
        String path = bin + ":" + box.bare("true").environment().get("PATH");
        Command bare = box.bare(compiler, "-c", "foo.cpp", "-o", "foo.o");
        Command masqueraded =
                box.bare("sh", "-c", "exec \"$@\"", "sh").with(bare.argv().toArray(String[]::new));
        assertThat(box.likeBare(bare, masqueraded.env("PATH", path)).word()).isEqualTo("miss");
        assertThat(box.likeBare(bare, masqueraded.env("PATH", path)).isHit()).isTrue();
    }

    @Test
    void aCompilerGivenByItsPathIsCached() {
        box.write("foo.c", "int foo;\n");
        String gcc = Tool.require("gcc").toString();
        assertThat(box.likeBare(gcc, "-c", "foo.c", "-o", "foo.o").word()).isEqualTo("miss");
        assertThat(box.likeBare(gcc, "-c", "foo.c", "-o", "foo.o").isHit()).isTrue();
    }

    @Test
    void theCommandLineCountsWhatHappened() {
        box.cairn("stats", "--zero").run().succeeded();
        box.write("foo.c", "int foo;\n");
        box.likeBare("gcc", "-c", "foo.c");
        box.likeBare("gcc", "-c", "foo.c");
        box.likeBare("gcc", "-E", "foo.c");
        var stats = DaemonSocket.parse(
                box.cairn("stats", "--json").run().succeeded().outText());
        assertThat(stats.path("requests").asInt()).isEqualTo(3);
        assertThat(stats.path("misses").asInt()).isEqualTo(1);
        assertThat(stats.path("miss_reasons").path("first_seen").asInt()).isEqualTo(1);
        assertThat(stats.path("hits").path("memory").asInt()).isEqualTo(1);
        assertThat(stats.path("hits").path("total").asInt()).isEqualTo(1);
        assertThat(stats.path("passthroughs").asInt()).isEqualTo(1);
        assertThat(stats.path("passthrough_reasons").path("not_a_compilation").asInt())
                .isEqualTo(1);
        assertThat(stats.path("stored").asInt()).isEqualTo(1);
        assertThat(stats.path("errors").asInt()).isZero();
    }
}
