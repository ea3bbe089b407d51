package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/**
 * Each row of options-matrix.txt with the real compilers: what the compiler alone does, what Cairn does the first time, and the
 * second time, must be the same in all files, both streams and the exit code; and each must be cached, or not, as the row says.
 */
class OptionsIT {
    private static final Set<String> TELLS_TIMES = Set.of("*");
    private static final Pattern TIME = Pattern.compile("\"\\d\\d:\\d\\d:\\d\\d\"");

    @RegisterExtension
    static final Sandbox one = Sandbox.ofClass();

    @RegisterExtension
    static final Sandbox other = Sandbox.ofClass();

    /** Those that no row is tried in at the moment; each has its own daemon, so what it counts is one row's. */
    private static final BlockingQueue<Sandbox> FREE = new LinkedBlockingQueue<>(List.of(one, other));

    /**
     * A row.
     *
     * @param expected {@code cached}; {@code cached~} when no two runs of the compiler alone write the same bytes; {@code fails};
     *     or the reason for which it is passed through or not stored
     * @param mark {@code *} when the compiler prints or writes something else each time
     */
    private record Row(String compiler, String expected, String mark, List<String> arguments) {
        static Row of(String line) {
            String[] columns = line.split("\\|", 4);
            return new Row(
                    columns[0].strip(),
                    columns[1].strip(),
                    columns[2].strip(),
                    List.of(columns[3].strip().split(" +")));
        }

        String name() {
            return compiler + " " + String.join(" ", arguments);
        }
    }

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicTest> everyOptionIsCachedRightOrPassedThrough() throws IOException {
        for (Sandbox box : FREE) {
            sources(box);
            fill(box);
        }
        return rows().map(row -> DynamicTest.dynamicTest(row.name(), () -> {
            Sandbox box = FREE.take();
            try {
                check(row, box);
            } finally {
                FREE.add(box);
            }
        }));
    }

    /** Has the cache know what some rows can't store themselves, whatever rows come to this sandbox before. */
    private static void fill(Sandbox box) throws IOException {
        Tree start = Tree.of(box.work);
        for (String compiler : List.of("gcc", "clang")) {
            box.cairn(compiler, "-c", "a.c").run().succeeded();
        }
        start.restore();
    }

    private static Stream<Row> rows() throws IOException {
        try (InputStream in = OptionsIT.class.getResourceAsStream("options-matrix.txt")) {
            assertThat(in).as("options-matrix.txt").isNotNull();
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
            return lines.stream().map(Row::of);
        }
    }

    private static void check(Row row, Sandbox box) throws IOException {
        List<String> argv = new ArrayList<>(List.of(row.compiler()));
        argv.addAll(row.arguments());
        Command bare = box.bare(argv.toArray(String[]::new));
        Tree start = Tree.of(box.work);
        Result wanted = bare.run();
        Map<String, String> files = taken(box, start);
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            JsonNode before = box.stats();
            Result found = bare.after(box.launcher().toString()).run();
            outcomes.add(box.outcomeSince(before));
            Map<String, String> now = taken(box, start);
            if (TELLS_TIMES.contains(row.mark())) {
                assertThat(found.exit()).isEqualTo(wanted.exit());
                continue;
            }
            assertThat(timeless(found.errText())).as("stderr, run %d", i).isEqualTo(timeless(wanted.errText()));
            assertThat(found.out()).as("stdout, run %d", i).isEqualTo(wanted.out());
            assertThat(found.exit()).as("exit code, run %d", i).isEqualTo(wanted.exit());
            assertThat(now.keySet()).as("files, run %d", i).isEqualTo(files.keySet());
            if (row.expected().equals("cached~") && i == 0) {
                files = now;
            }
            assertThat(now).as("files, run %d", i).isEqualTo(files);
        }
        assertThat(word(outcomes)).as("%s", outcomes).isEqualTo(row.expected().replace("~", ""));
    }

    /** Returns {@code text} without the time of day that a compiler quotes in it for {@code __TIME__}. */
    private static String timeless(String text) {
        return TIME.matcher(text).replaceAll("\"time\"");
    }

    private static String word(List<Outcome> outcomes) {
        Outcome last = outcomes.get(1);
        return switch (last.word()) {
            case "hit" -> "cached";
            case "miss" -> last.notStored().equals("compilation_failed") ? "fails" : last.notStored();
            default -> last.reason();
        };
    }

    /** Returns what a run left, and removes it. */
    private static Map<String, String> taken(Sandbox box, Tree start) {
        Map<String, String> files = new TreeMap<>(Tree.of(box.work).listing());
        start.restore();
        return files;
    }

    private static void sources(Sandbox box) throws IOException {
        write(box, "a.c", """
                #include <stddef.h>
                #include "h.h"
                #if VALUE
                int value = VALUE;
                #endif
                int f(int x) { int y = x + H; return y ? g(y) : 0; }
                const char *n = __FILE__;
                """);
        write(box, "h.h", "#ifndef H\n#define H 3\nstatic int g(int v) { return v * 2; }\n#endif\n");
        write(box, "w.c", "int f(int x) { int unused; if (x = 1) return 2; }\n");
        write(box, "e.c", "int f(int x) { return undeclared; }\n");
        write(box, "b.c", "int b;\n");
        write(box, "d/s.c", "#include \"../h.h\"\nint s(int v) { return g(v); }\n");
        write(
                box,
                "x.cpp",
                "#include \"h.h\"\ntemplate <class T> T id(T t) { return t; }\nint x(int v) { return id(g(v)); }\n");
        write(box, "p.i", "# 1 \"p.c\"\nint p;\n");
        write(box, "q.s", "\t.globl q\nq:\n\t.long 1\n");
        write(box, "r.S", "#define R 3\n\t.globl r\nr:\n\t.long R\n");
        write(box, "forced.h", "#define FORCED 1\n");
        write(box, "inc/i.h", "#define I 1\n");
        write(box, "list.txt", "fun:none\n");
        write(box, "args.rsp", "-DVALUE=4 -O1 -Iinc\n");
        write(box, "m.m", "int m;\n");
        write(box, "noext", "int noext;\n");
        Files.createDirectories(box.work.resolve("out"));
    }

    private static void write(Sandbox box, String name, String text) throws IOException {
        Path file = box.write(name, text);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_600_000_000_000L));
        box.settle();
    }
}
