package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The compiler itself is an input: every part of it, by content. */
class ToolchainIT {
    @RegisterExtension
    static final Sandbox box = Sandbox.ofClass();

    private static final String PARTS = "/usr/lib/gcc/x86_64-linux-gnu/12";

    @BeforeEach
    void source() {
        box.write("a.c", "int f;\n");
    }

    /** A GCC of our own: driver and compiler copied, the rest linked. */
    private static String[] toolchain() {
        shell("mkdir -p tc/bin tc/lib/gcc/x86_64-linux-gnu/12; cp $(realpath /usr/bin/gcc-12) tc/bin/gcc; cp " + PARTS
                + "/cc1 tc/lib/gcc/x86_64-linux-gnu/12/; cp /usr/bin/as tc/lib/gcc/x86_64-linux-gnu/12/as; ln -s "
                + PARTS
                + "/include tc/lib/gcc/x86_64-linux-gnu/12/");
        return new String[] {box.work.resolve("tc/bin/gcc").toString(), "-c", "a.c", "-o", "a.o"};
    }

    private static void shell(String script) {
        box.bare("sh", "-c", script).run().succeeded();
        box.settle();
    }

    /** Replaces a text in a program by one of equal length; size and mtime stay. */
    private static void patch(String name, String before, String after) throws IOException {
        Path file = box.work.resolve(name);
        FileTime time = Files.getLastModifiedTime(file);
        byte[] bytes = Files.readAllBytes(file);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        assertThat(text.contains(before)).as("%s in %s", before, name).isTrue();
        Path other = box.work.resolve(name + ".new");
        Files.write(other, text.replace(before, after).getBytes(StandardCharsets.ISO_8859_1));
        Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setLastModifiedTime(other, time);
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        assertThat(Files.size(file)).isEqualTo(bytes.length);
        box.settle();
    }

    private static void missThenHit(String... argv) {
        assertThat(box.likeBare(argv).word()).isEqualTo("miss");
        assertThat(box.likeBare(argv).isHit()).isTrue();
    }

    @Test
    void thePartBehindAnUnchangedDriverCounts() throws IOException {
        String[] argv = toolchain();
        missThenHit(argv);
        patch("tc/lib/gcc/x86_64-linux-gnu/12/cc1", "12.2.0-14", "12.2.0-15");
        missThenHit(argv);
    }

    @Test
    void aDriverReplacedWithTheSameSizeAndTimeCounts() throws IOException {
        String[] argv = toolchain();
        missThenHit(argv);
        patch("tc/bin/gcc", "12.2.0-14", "12.2.0-15");
        missThenHit(argv);
    }

    @Test
    void theAssemblerThatTheDriverNamesCounts() throws IOException {
        String[] argv = toolchain();
        missThenHit(argv);
        shell("printf '\\n' >>tc/lib/gcc/x86_64-linux-gnu/12/as");
        missThenHit(argv);
        // One that appears where the driver looks first.
        shell("mkdir -p tc/x86_64-linux-gnu/bin && cp /usr/bin/as tc/x86_64-linux-gnu/bin/as");
        box.likeBare(argv);
        box.likeBare(argv);
    }

    @Test
    void aTouchedCompilerIsAHit() {
        String[] argv = toolchain();
        missThenHit(argv);
        shell("touch tc/bin/gcc tc/lib/gcc/x86_64-linux-gnu/12/cc1");
        assertThat(box.likeBare(argv).isHit()).isTrue();
        shell("cp -r tc other");
        assertThat(box.likeBare(box.work.resolve("other/bin/gcc").toString(), "-c", "a.c", "-o", "a.o")
                        .word())
                .as("equal programs beside headers of their own")
                .isEqualTo("miss");
    }

    @Test
    void aLibraryBehindAnUnchangedDriverCounts() throws IOException {
        shell("mkdir lib && cp $(ldd /usr/bin/clang | sed -n 's/.*=> \\(.*libclang-cpp[^ ]*\\) .*/\\1/p') lib/");
        String library;
        try (var files = Files.list(box.work.resolve("lib"))) {
            library = files.findFirst().orElseThrow().getFileName().toString();
        }
        Command bare = box.bare("clang", "-c", "a.c", "-o", "a.o").env("LD_LIBRARY_PATH", box.work + "/lib");
        assertThat(box.likeBare(bare).word()).isEqualTo("miss");
        assertThat(box.likeBare(bare).isHit()).isTrue();
        patch("lib/" + library, " version 14.0.6", " version 14.0.7");
        assertThat(box.likeBare(bare).word()).isEqualTo("miss");
        assertThat(box.likeBare(bare).isHit()).isTrue();
    }

    @Test
    void aScriptIsRunAsItIs() throws IOException {
        for (String value : new String[] {"1", "2"}) {
            Path script = box.write("bin/gcc", "#!/bin/sh\nexec /usr/bin/gcc -DVALUE=" + value + " \"$@\"\n");
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
            box.write("v.c", "int v = VALUE;\n");
            for (int i = 0; i < 2; i++) {
                assertThat(box.likeBare(script.toString(), "-c", "v.c", "-o", "v.o"))
                        .isEqualTo(new Outcome("passthrough", "compiler_is_script", ""));
            }
        }
    }
}
