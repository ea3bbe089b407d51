package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Precompiled headers: made from the cache, found by the compilers in their ways, and never an old one for a new header. */
class PrecompiledHeadersIT {
    @RegisterExtension
    static final Sandbox box = Sandbox.ofClass();

    @BeforeEach
    void sources() {
        box.write("deep.h", "#ifndef DEEP\n#define DEEP 1\n#endif\n");
        box.write("pch.h", "#include <stddef.h>\n#include \"deep.h\"\n#define VALUE (10 + DEEP)\n");
        box.write("use.c", "int value = VALUE;\n");
        box.write("own.c", "#include \"pch.h\"\n#include \"other.h\"\nint value = VALUE + OTHER;\n");
        box.write("other.h", "#define OTHER 1\n");
    }

    /** Runs with Cairn and compares the object with that of the bare compiler in the same state. */
    private static Outcome compile(String... argv) {
        Command bare = box.bare(argv);
        Result wanted = bare.run();
        byte[] object = wanted.exit() == 0 ? box.read("out.o") : new byte[0];
        box.settle();
        var before = box.stats();
        Result found = bare.after(box.launcher().toString()).run();
        Outcome outcome = box.outcomeSince(before);
        assertThat(found.errText()).as("stderr of %s", outcome).isEqualTo(wanted.errText());
        assertThat(found.exit()).as("exit of %s", outcome).isEqualTo(wanted.exit());
        if (wanted.exit() == 0) {
            assertThat(box.read("out.o")).as("object of %s", outcome).isEqualTo(object);
        }
        return outcome;
    }

    private static Outcome make(String compiler, String output) {
        Outcome outcome = box.outcome(compiler, "-x", "c-header", "pch.h", "-o", output);
        box.settle();
        return outcome;
    }

    @ParameterizedTest
    @CsvSource({"gcc, pch.h.gch", "clang, pch.h.pch"})
    void oneIsMadeOnceAndDeliveredUntilAHeaderChanges(String compiler, String output) {
        assertThat(make(compiler, output).word()).isEqualTo("miss");
        byte[] first = box.read(output);
        assertThat(make(compiler, output).isHit()).as("with the old one there").isTrue();
        box.delete(output);
        assertThat(make(compiler, output).isHit()).isTrue();
        assertThat(box.read(output)).isEqualTo(first);
        box.write("deep.h", "#ifndef DEEP\n#define DEEP 2\n#endif\n");
        assertThat(make(compiler, output)).isEqualTo(new Outcome("miss", "header_changed", ""));
        box.write("deep.h", "#ifndef DEEP\n#define DEEP 2 // comment\n#endif\n");
        assertThat(make(compiler, output).word()).as("a comment counts").isEqualTo("miss");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-include pch.h -c use.c -o out.o", "-c own.c -o out.o", "-MD -MF d -c own.c -o out.o"})
    void gccTakesOneThatStandsBesideTheHeader(String arguments) throws IOException {
        String[] argv = ("gcc -Winvalid-pch " + arguments).split(" ");
        assertThat(compile(argv).word()).as("without").isEqualTo("miss");
        make("gcc", "pch.h.gch");
        assertThat(compile(argv).word()).as("it appeared").isEqualTo("miss");
        assertThat(compile(argv).isHit()).isTrue();
        // GCC does not look at what it was made of any more; the old one counts until it is made anew.
        box.write("deep.h", "#ifndef DEEP\n#define DEEP 3\n#endif\n");
        compile(argv);
        make("gcc", "pch.h.gch");
        assertThat(compile(argv).word()).as("it changed").isEqualTo("miss");
        assertThat(compile(argv).isHit()).isTrue();
        box.delete("pch.h.gch");
        compile(argv);
        Files.createDirectory(box.work.resolve("pch.h.gch"));
        box.settle();
        compile(argv);
        make("gcc", "pch.h.gch/one.gch");
        assertThat(compile(argv).isHit()).as("one of a directory").isFalse();
        assertThat(compile(argv).isHit()).isFalse();
    }

    @Test
    void whatGccReadsBesideOneCounts() {
        make("gcc", "pch.h.gch");
        String[] argv = {"gcc", "-c", "own.c", "-o", "out.o"};
        assertThat(compile(argv).word()).isEqualTo("miss");
        assertThat(compile(argv).isHit()).isTrue();
        box.write("other.h", "#define OTHER 2\n");
        assertThat(compile(argv).word()).isEqualTo("miss");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-include-pch p.pch", "-Xclang -include-pch -Xclang p.pch"})
    void clangIsToldWhichToTake(String option) {
        make("clang", "p.pch");
        String[] argv = ("clang " + option + " -c use.c -o out.o").split(" ");
        assertThat(compile(argv).word()).isEqualTo("miss");
        assertThat(compile(argv).isHit()).isTrue();
        box.write("deep.h", "#ifndef DEEP\n#define DEEP 4\n#endif\n");
        box.bare("touch", "-d", "2001-01-01", "deep.h").run().succeeded(); // Clang looks at whole seconds
        box.settle();
        assertThat(compile(argv).isHit())
                .as("Clang refuses it for a changed header")
                .isFalse();
        assertThat(make("clang", "p.pch").word()).isEqualTo("miss");
        assertThat(compile(argv).word()).isEqualTo("miss");
        assertThat(compile(argv).isHit()).isTrue();
    }

    @Test
    void clangLooksAtTheTimesOfHeadersAndSoDoWe() {
        make("clang", "p.pch");
        String[] argv = {"clang", "-include-pch", "p.pch", "-c", "use.c", "-o", "out.o"};
        assertThat(compile(argv).word()).isEqualTo("miss");
        assertThat(compile(argv).isHit()).isTrue();
        box.bare("touch", "-d", "2001-01-01", "deep.h").run().succeeded();
        box.settle();
        assertThat(compile(argv).isHit()).isFalse();
        assertThat(make("clang", "p.pch"))
                .as("the times are in what is made")
                .isEqualTo(new Outcome("miss", "time_changed", ""));
    }

    @Test
    void oneOfAnotherCheckoutIsNotTaken() throws IOException {
        for (String name : new String[] {"one", "two"}) {
            box.write(name + "/.git/HEAD", "x\n");
            box.write(name + "/pch.h", "#define VALUE 1\n");
            Command make = box.cairn("gcc", "-g", "-x", "c-header", box.work + "/" + name + "/pch.h", "-o", "p.gch")
                    .in(box.work.resolve(name))
                    .env("CAIRN_PATH_REMAP", "auto");
            assertThat(box.outcome(make).word()).isEqualTo("miss");
            assertThat(box.outcome(make).isHit()).isTrue();
        }
    }

    @Test
    void anEmptyFileIsASourceOrAHeaderAsTheCommandLineSays() {
        box.write("empty.c", "");
        for (String[] flags : new String[][] {{"-c"}, {"-x", "c-header"}, {"-c", "-x", "c++"}, {"-S"}}) {
            Command command = box.cairn("gcc").with(flags).with("empty.c", "-o", "out.o");
            assertThat(box.outcome(command).word()).isEqualTo("miss");
            assertThat(box.outcome(command).isHit()).isTrue();
        }
    }
}
