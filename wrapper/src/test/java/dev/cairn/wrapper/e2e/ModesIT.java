package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Delivered files are ordinary files of the user: by their modes, their names, and what may be done to them. */
class ModesIT {
    @RegisterExtension
    static final Sandbox box = Sandbox.ofClass();

    @ParameterizedTest
    @ValueSource(strings = {"002", "022", "077", "000"})
    void theUsersUmaskDecides(String umask) {
        box.write("foo.c", "int foo;\n__asm__(\".data\\n.fill 300000, 1, 7\\n.text\\n\");\n");
        box.write("bar.c", "int bar;\n");
        for (String source : new String[] {"foo", "bar"}) {
            Command bare = box.bare("gcc", "-MD", "-c", source + ".c", "-o", source + ".o");
            Command withCairn = bare.after(box.launcher().toString());
            for (String word : new String[] {"miss", "hit", "hit"}) {
                Outcome outcome =
                        box.likeBare(bare.afterShell("umask " + umask), withCairn.afterShell("umask " + umask));
                assertThat(outcome.word()).isEqualTo(word);
            }
            assertThat(box.likeBare(bare.afterShell("umask 027"), withCairn.afterShell("umask 027"))
                            .isHit())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\\0377b",
                "caf\\0303\\0251",
                "with space",
                "quo'te",
                "dol$lar",
                "ha#sh",
                "co:lon",
                "per%cent",
                "st*r",
                "-dash"
            })
    void anyNameWillDo(String name) {
        for (String compiler : new String[] {"gcc", "clang"}) {
            assertThat(compileNamed(name, compiler).word()).isEqualTo("miss");
            assertThat(compileNamed(name, compiler).isHit()).isTrue();
        }
    }

    /** Compilers write these into dependency lists in ways that can't be read back; not to cache is right then. */
    @ParameterizedTest
    @ValueSource(strings = {"back\\\\slash", "tab\\011", "new\\012line", "quo\"te"})
    void namesThatDependencyFilesCanNotHoldAreCompiled(String name) {
        for (String compiler : new String[] {"gcc", "clang"}) {
            compileNamed(name, compiler);
            compileNamed(name, compiler);
        }
    }

    private static Outcome compileNamed(String name, String compiler) {
        String write = "name=$(printf '%b' \"$1\")\nprintf '#define N 1\\n' >\"./$name.h\"\n"
                + "printf '#include <%s.h>\\nint n = N;\\n' \"$name\" >\"./$name.c\"\n";
        if (Tree.of(box.work).listing().isEmpty()) {
            box.bare("sh", "-c", write, "sh", name).run().succeeded();
            box.settle();
        }
        String compile = "name=$(printf '%b' \"$1\"); shift; exec \"$@\" -I. -MD -MP -c \"./$name.c\" -o \"./$name.o\"";
        Command bare = box.bare("sh", "-c", compile, "sh", name);
        return box.likeBare(bare.with(compiler), bare.with(box.launcher().toString(), compiler));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "0"})
    void aDeliveredFileMayBeChangedInPlace(String hardLinks) throws IOException {
        box.write("foo.c", "int foo;\n__asm__(\".data\\n.fill 300000, 1, 7\\n.text\\n\");\n");
        Command compile = box.bare("gcc", "-g", "-c", "foo.c", "-o", "foo.o").env("CAIRN_HARD_LINK", hardLinks);
        Command withCairn = compile.after(box.launcher().toString());
        compile.run().succeeded();
        byte[] wanted = box.read("foo.o");
        Path object = box.work.resolve("foo.o");
        Files.delete(object);
        for (String change : new String[] {"append", "overwrite", "strip"}) {
            withCairn.run().succeeded();
            assertThat(box.read("foo.o")).isEqualTo(wanted);
            Files.delete(object);
            withCairn.run().succeeded();
            assertThat(box.read("foo.o")).as("before %s", change).isEqualTo(wanted);
            boolean linked = (int) Files.getAttribute(object, "unix:nlink") > 1;
            assertThat(linked).as("a link on request only").isEqualTo(hardLinks.equals("1"));
            change(object, change);
            Files.delete(object);
            withCairn.run().succeeded();
            assertThat(box.read("foo.o")).as("after %s", change).isEqualTo(wanted);
            box.stop();
            Files.delete(object);
            withCairn.run().succeeded();
            assertThat(box.read("foo.o")).as("after %s and a restart", change).isEqualTo(wanted);
            Files.delete(object);
        }
    }

    private static void change(Path object, String how) throws IOException {
        switch (how) {
            case "append" -> Files.writeString(object, "more", StandardOpenOption.APPEND);
            case "overwrite" -> {
                byte[] bytes = Files.readAllBytes(object);
                bytes[bytes.length / 2] ^= 1;
                Files.write(object, bytes, StandardOpenOption.WRITE);
            }
            default -> Files.write(object, "stripped".getBytes(StandardCharsets.UTF_8));
        }
    }
}
