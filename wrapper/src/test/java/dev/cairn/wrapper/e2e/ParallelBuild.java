package dev.cairn.wrapper.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.regex.Pattern;

/**
 * A part of a project that make builds, two sources at a time unless said otherwise, in a machine's checkout. It has the same sources, some of them
 * with much data, on every machine, and parts of other numbers have others. What is built does not depend on the place, also
 * where Cairn has no say.
 */
final class ParallelBuild {
    static final int SOURCES = 32;
    static final int AT_ONCE = 2;

    private static final Pattern OUTPUT = Pattern.compile("f\\d+\\.[od]");
    private static final int NUMBERS = 6000;

    private final Sandbox box;
    private final Path checkout;
    private final Path directory;

    ParallelBuild(Sandbox box, String machine, int number) {
        this.box = box;
        this.checkout = box.work.resolve(machine).resolve("project");
        this.directory = checkout.resolve("part" + number);
        try {
            Files.createDirectories(checkout.resolve(".git"));
            Files.writeString(checkout.resolve(".git/HEAD"), "ref: refs/heads/main\n");
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("all.h"), "#include <stddef.h>\n#define PART " + number + "\n");
            StringBuilder objects = new StringBuilder();
            for (int i = 0; i < SOURCES; i++) {
                Files.writeString(directory.resolve("f" + i + ".c"), source(number, i));
                objects.append(" f").append(i).append(".o");
            }
            Files.writeString(
                    directory.resolve("Makefile"),
                    "all:" + objects + "\n%.o: %.c\n\t$(LAUNCHER) gcc -O1 -g -ffile-prefix-map=" + checkout
                            + "=. -MMD -c $< -o $@\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        box.settle();
    }

    private static String source(int number, int i) {
        StringBuilder source =
                new StringBuilder("#include \"all.h\"\nint f" + i + "(int x) { return x * PART + " + i + "; }\n");
        if (i % 4 == 0) {
            Random random = new Random(number * 1000L + i);
            source.append("const int data").append(i).append("[] = {");
            for (int n = 0; n < NUMBERS; n++) {
                source.append(random.nextInt()).append(',');
            }
            source.append("};\n");
        }
        return source.toString();
    }

    /** Builds without Cairn, returns what that made, and cleans. */
    SortedMap<String, String> bare() {
        make(AT_ONCE).run().succeeded();
        SortedMap<String, String> made = outputs();
        clean();
        return made;
    }

    /** A build with Cairn. */
    Command withCairn(Path cache) {
        return withCairn(cache, AT_ONCE);
    }

    Command withCairn(Path cache, int atOnce) {
        return make(atOnce)
                .with("LAUNCHER=" + box.launcher())
                .env("CAIRN_DIR", cache.toString())
                .env("CAIRN_PATH_REMAP", "auto");
    }

    private Command make(int atOnce) {
        return box.bare("make", "-s", "-j" + atOnce).in(directory);
    }

    /** Returns where an object is, seen from the sandbox's work directory. */
    String object(int number) {
        return box.work.relativize(directory.resolve("f" + number + ".o")).toString();
    }

    /** Returns a line for each object and dependency file; equal lines, equal files. */
    SortedMap<String, String> outputs() {
        SortedMap<String, String> listing = Tree.of(directory).listing();
        listing.keySet().removeIf(name -> !OUTPUT.matcher(name).matches());
        return listing;
    }

    void clean() {
        remove(outputs().keySet());
    }

    /** Removes outputs. */
    void remove(Set<String> names) {
        try {
            for (String name : names) {
                Files.delete(directory.resolve(name));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        box.settle();
    }
}
