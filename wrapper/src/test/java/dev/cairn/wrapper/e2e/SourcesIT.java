package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** One command with several sources: each is looked up by itself, and only what is missing is compiled. */
class SourcesIT {
    @RegisterExtension
    static final Sandbox box = Sandbox.ofClass();

    private static void sources() {
        box.write("h.h", "#define H 1\n");
        box.write("a.c", "#include \"h.h\"\nint a = H;\n");
        box.write("b.c", "#include \"h.h\"\nint b = H;\n");
        box.write("d/c.c", "#include \"../h.h\"\nint c = H;\n");
    }

    /** Runs as bare, and returns how many sources were hits and how many were compiled. */
    private static String counts(String... argv) {
        JsonNode before = box.stats();
        box.likeBare(argv);
        JsonNode after = box.statsAfter(
                before, Stream.of(argv).filter(word -> word.endsWith(".c")).count());
        return grown(before.path("hits"), after.path("hits"), "total") + " hits, " + grown(before, after, "misses")
                + " misses, " + grown(before, after, "stored") + " stored";
    }

    private static long grown(JsonNode before, JsonNode after, String counter) {
        return after.path(counter).asLong() - before.path(counter).asLong(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-MD", "-MMD", "-MD -MP", "-g -O2", "-S"})
    void eachSourceIsLookedUpByItself(String flags) {
        for (String compiler : new String[] {"gcc", "clang"}) {
            sources();
            String[] all = (compiler + " " + flags + (flags.equals("-S") ? "" : " -c") + " a.c b.c d/c.c").split(" +");
            assertThat(counts(all)).isEqualTo("0 hits, 3 misses, 3 stored");
            assertThat(counts(all)).isEqualTo("3 hits, 0 misses, 0 stored");
            box.write("b.c", "#include \"h.h\"\nint b = H + 1;\n");
            assertThat(counts(all)).isEqualTo("2 hits, 1 misses, 1 stored");
            assertThat(counts(all)).isEqualTo("3 hits, 0 misses, 0 stored");
            box.write("h.h", "#define H 2\n");
            assertThat(counts(all)).isEqualTo("0 hits, 3 misses, 3 stored");
            box.write("h.h", "#define H 1\n");
            assertThat(counts(all)).isEqualTo("3 hits, 0 misses, 0 stored");
        }
    }

    @Test
    void aSourceIsFoundWhetherCompiledAloneOrAlong() {
        sources();
        assertThat(counts("gcc", "-c", "a.c")).isEqualTo("0 hits, 1 misses, 1 stored");
        assertThat(counts("gcc", "-c", "a.c", "b.c")).isEqualTo("1 hits, 1 misses, 1 stored");
        assertThat(counts("gcc", "-c", "b.c")).isEqualTo("1 hits, 0 misses, 0 stored");
    }

    @Test
    void messagesStayInTheOrderOfTheSources() {
        sources();
        box.write("b.c", "#warning in b\nint b;\n");
        assertThat(counts("gcc", "-c", "a.c", "b.c")).isEqualTo("0 hits, 2 misses, 0 stored");
        assertThat(counts("gcc", "-c", "b.c")).isEqualTo("0 hits, 1 misses, 1 stored");
        assertThat(counts("gcc", "-c", "a.c", "b.c")).isEqualTo("0 hits, 2 misses, 0 stored");
        assertThat(counts("gcc", "-c", "a.c")).isEqualTo("0 hits, 1 misses, 1 stored");
        assertThat(counts("gcc", "-c", "a.c", "b.c")).isEqualTo("2 hits, 0 misses, 0 stored");
    }

    @Test
    void oneThatFailsLeavesTheOthersAsTheCompilerDoes() {
        sources();
        box.write("b.c", "int b = ;\n");
        for (int i = 0; i < 2; i++) {
            assertThat(counts("gcc", "-c", "a.c", "b.c", "d/c.c")).startsWith("0 hits, 3 misses");
        }
        assertThat(counts("gcc", "-c", "a.c")).isEqualTo("0 hits, 1 misses, 1 stored");
        assertThat(counts("gcc", "-c", "a.c", "b.c")).startsWith("1 hits, 1 misses, 0 stored");
    }

    @Test
    void sourcesFromAResponseFileAreFoundToo() {
        sources();
        box.write("sources.rsp", "a.c b.c");
        assertThat(counts("gcc", "-c", "@sources.rsp", "d/c.c")).isEqualTo("0 hits, 3 misses, 3 stored");
        assertThat(counts("gcc", "-c", "@sources.rsp", "d/c.c")).isEqualTo("3 hits, 0 misses, 0 stored");
    }

    @Test
    void sourcesOfDifferentKindsAreCompiledTogether() {
        sources();
        box.write("e.cpp", "int e() { return 1; }\n");
        box.write("f.S", "#include \"h.h\"\n\t.globl f\nf:\n\t.long H\n");
        assertThat(counts("gcc", "-c", "a.c", "e.cpp", "f.S")).isEqualTo("0 hits, 3 misses, 3 stored");
        assertThat(counts("gcc", "-c", "a.c", "e.cpp", "f.S")).isEqualTo("3 hits, 0 misses, 0 stored");
    }

    @Test
    void whatOnlyOneOfThemRestsOnIsLookedAtToo() {
        String[] all = {"gcc", "-c", "-Ifirst", "-Isecond", "o.c", "p.cpp", "q.S"};
        box.write("first/unrelated", "");
        for (String name : new String[] {"o", "p", "q"}) {
            box.write("second/" + name + ".h", "#define VALUE 1\n");
        }
        box.write("o.c", "#include <stdio.h>\n#include <o.h>\nint o = VALUE;\n");
        box.write("p.cpp", "#include <p.h>\nint p() { return VALUE; }\n");
        box.write("q.S", "#include <q.h>\n\t.long VALUE\n");
        assertThat(counts(all)).isEqualTo("0 hits, 3 misses, 3 stored");
        for (String name : new String[] {"o", "p", "q"}) {
            assertThat(counts(all)).isEqualTo("3 hits, 0 misses, 0 stored");
            box.write("second/" + name + ".h", "#define VALUE 2\n");
            assertThat(counts(all)).isEqualTo("2 hits, 1 misses, 1 stored");
            assertThat(counts(all)).isEqualTo("3 hits, 0 misses, 0 stored");
            box.write("first/" + name + ".h", "#define VALUE 3\n");
            assertThat(counts(all)).isEqualTo("2 hits, 1 misses, 1 stored");
        }
    }
}
