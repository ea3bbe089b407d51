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

/** Files that come beside the object, when they come. */
class SideOutputsIT {
    @RegisterExtension
    static final Sandbox box = Sandbox.ofClass();

    private static void source() {
        box.write("a.c", "int f(int x) { return x + 1; }\n");
        box.write("d/a.c", "int f(int x) { return x + 1; }\n");
        box.directory("o1");
        box.directory("o2");
    }

    @ParameterizedTest
    @CsvSource({
        "gcc, -g -gsplit-dwarf, dwo",
        "clang, -g -gsplit-dwarf, dwo",
        "gcc, -fstack-usage, su",
        "clang, -fstack-usage, su",
        "gcc, -fcallgraph-info, ci"
    })
    void theyAreDeliveredWhereverTheOutputGoes(String compiler, String flags, String suffix) throws IOException {
        source();
        for (String output : new String[] {"-o o1/x.o", "-o o2/x.o", "", "-o o1/x.y.o", "-o o1/plain"}) {
            String[] argv =
                    (compiler + " " + flags + " -c a.c " + output).trim().split(" +");
            box.likeBare(argv);
            assertThat(box.likeBare(argv).isHit()).as(output).isTrue();
        }
        box.cairn((compiler + " " + flags + " -c a.c -o o2/x.o").split(" +"))
                .run()
                .succeeded();
        assertThat(box.work.resolve("o2/x." + suffix)).isNotEmptyFile();
        assertThat(box.work.resolve("o1/x." + suffix)).doesNotExist();
    }

    @Test
    void anOldOneIsNotTakenForThisRuns() throws IOException {
        source();
        box.write("x.dwo", "of another time");
        box.write("x.su", "of another time");
        for (int i = 0; i < 2; i++) {
            box.likeBare("clang", "-gsplit-dwarf", "-fstack-usage", "-flto", "-c", "a.c", "-o", "x.o");
        }
        assertThat(Files.readString(box.work.resolve("x.dwo"))).isEqualTo("of another time");
        Path object = box.write("x.o", "old object");
        for (int i = 0; i < 2; i++) {
            box.likeBare("gcc", "-fsyntax-only", "-c", "a.c", "-o", "x.o");
        }
        assertThat(object).hasContent("old object");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang"})
    void coverageWorksFromTheCache(String compiler) throws IOException {
        box.write("main.c", "int main(int c, char **v) { return c > 1 ? 1 : 0; }\n");
        for (String build : new String[] {"b1", "b2"}) {
            box.directory(build);
            Command compile = box.cairn(compiler, "--coverage", "-c", "../main.c", "-o", "main.o")
                    .in(box.work.resolve(build));
            assertThat(box.outcome(compile).word()).as("first in %s", build).isEqualTo("miss");
            for (String file : new String[] {"main.o", "main.gcno"}) {
                Files.delete(box.work.resolve(build).resolve(file));
            }
            assertThat(box.outcome(compile).isHit()).isTrue();
            if (compiler.equals("gcc")) { // Debian packs Clang's profile library apart
                box.bare(compiler, "--coverage", "main.o", "-o", "main")
                        .in(box.work.resolve(build))
                        .run()
                        .succeeded();
                box.bare(box.work.resolve(build).resolve("main").toString())
                        .run()
                        .succeeded();
                assertThat(box.work.resolve(build).resolve("main.gcda")).isNotEmptyFile();
            }
        }
    }

    @Test
    void aLongOutputNameIsNoHindrance() {
        source();
        String name = "n".repeat(250);
        for (int i = 0; i < 2; i++) {
            box.likeBare("gcc", "-c", "a.c", "-o", "o1/" + name + ".o");
            box.likeBare("gcc", "-MD", "-MF", "d", "-c", "a.c", "-o", "o1/" + name + ".o");
        }
    }

    @Test
    void lastLinkTimeFlagDecidesWhichComeNow() {
        source();
        for (String flags : new String[] {"-flto", "-flto -fno-lto", "-fno-lto -flto", "-fno-lto"}) {
            String[] argv = ("gcc -frandom-seed=1 -fstack-usage " + flags + " -c a.c -o x.o").split(" ");
            Outcome first = box.outcome(box.cairn(argv));
            assertThat(first.word()).isEqualTo("miss");
            boolean usage = Files.exists(box.work.resolve("x.su"));
            assertThat(usage).as(flags).isEqualTo(!flags.endsWith(" -flto") && !flags.equals("-flto"));
            for (String file : new String[] {"x.su", "x.o"}) {
                box.bare("rm", "-f", file).run();
            }
            assertThat(box.outcome(box.cairn(argv)).isHit()).isTrue();
            assertThat(Files.exists(box.work.resolve("x.su"))).isEqualTo(usage);
            box.bare("rm", "-f", "x.su", "x.o").run();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"with space.c", "hash#.c", "dollar$.c", "colon:.c", "back\\slash.c", "per%cent.c"})
    void depfilesOfOddNamesAreRight(String name) {
        box.write(".git/HEAD", "x\n");
        box.write(name, "int odd;\n");
        for (String remap : new String[] {"off", "auto"}) {
            for (String compiler : new String[] {"gcc", "clang"}) {
                Command bare = box.bare(compiler, "-MD", "-MP", "-MF", "odd.d", "-c", name, "-o", name + ".o")
                        .env("CAIRN_PATH_REMAP", remap);
                box.likeBare(bare);
                box.likeBare(bare);
            }
        }
    }
}
