package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two sources that include the same headers, in a checkout that has compiled neither: what was found out about the headers of
 * one serves the other, unless anything is no longer as it was.
 */
class SharedHeadersIT {
    @RegisterExtension
    static final Sandbox box = Sandbox.ofClass();

    /** The header's own include is named by a macro, and means the source that is being compiled. */
    private static final String HEADER = """
            #include <stddef.h>
            static int twice(int x) { return 2 * x; }
            #if defined NAME && !defined AGAIN
            #define AGAIN
            #include NAME
            #endif
            """;

    private static final String SOURCE = """
            #ifndef AGAIN
            #define NAME "@.c"
            #include "h.h"
            int @(int x) { return twice(x); }
            #else
            int again_@;
            #endif
            """;

    private static Path checkout(String name) {
        box.write(name + "/.git/HEAD", "ref: refs/heads/main\n");
        box.write(name + "/inc/h.h", HEADER);
        box.directory(name + "/first");
        for (String source : new String[] {"a", "b"}) {
            box.write(name + "/src/" + source + ".c", SOURCE.replace("@", source));
        }
        return box.work.resolve(name);
    }

    private static Outcome compile(Path checkout, String compiler, String source) {
        Command bare = box.bare(compiler, "-I../first", "-I../inc", "-I../src", "-c", "../src/" + source + ".c")
                .with("-o", source + ".o")
                .in(box.directory(box.work.relativize(checkout).resolve("build").toString()))
                .env("CAIRN_PATH_REMAP", "auto");
        bare.run().succeeded();
        String output =
                box.work.relativize(checkout).resolve("build/" + source + ".o").toString();
        String wanted = text(output);
        box.delete(output);
        Outcome outcome = box.outcome(bare.after(box.launcher().toString()));
        assertThat(text(output)).as("%s", outcome).isEqualTo(wanted);
        return outcome;
    }

    private static String text(String file) {
        return new String(box.read(file), StandardCharsets.ISO_8859_1);
    }

    private static Path lookedUpFirst(String compiler) {
        Path one = checkout("one");
        Path two = checkout("two");
        compile(one, compiler, "a");
        compile(one, compiler, "b");
        assertThat(compile(two, compiler, "a").isHit()).isTrue();
        return two;
    }

    @Test
    void theOtherSourceIsAHit() {
        Path two = lookedUpFirst("gcc");
        assertThat(compile(two, "gcc", "b").isHit()).isTrue();
        assertThat(compile(two, "gcc", "b").isHit()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "gcc, inc/h.h, static int twice(int x) { return x + x + 1; }",
        "gcc, first/h.h, static int twice(int x) { return 22 * x; }",
        "gcc, src/h.h, static int twice(int x) { return 222 * x; }",
        "gcc, first/b.c, int another_b;",
        "gcc, inc/b.c, int another_b;",
        "clang, inc/h.h, static int twice(int x) { return x + x + 1; }",
        "clang, first/h.h, static int twice(int x) { return 22 * x; }",
        "clang, first/b.c, int another_b;",
    })
    void aChangeAfterTheFirstLookupIsSeenByTheSecond(String compiler, String file, String text) {
        Path two = lookedUpFirst(compiler);
        box.write("two/" + file, text + "\n");
        assertThat(compile(two, compiler, "b").word()).isEqualTo("miss");
    }

    /** One after the other: neither what came nor what went is forgotten. */
    @Test
    void whatCameAndWentIsAHitAgain() {
        Path two = lookedUpFirst("gcc");
        box.write("two/first/h.h", "static int twice(int x) { return 22 * x; }\n");
        assertThat(compile(two, "gcc", "b").word()).isEqualTo("miss");
        box.delete("two/first/h.h");
        assertThat(compile(two, "gcc", "b").isHit()).isTrue();
        assertThat(compile(two, "gcc", "a").isHit()).isTrue();
    }
}
