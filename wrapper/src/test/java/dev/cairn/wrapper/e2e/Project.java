package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SortedMap;

/** A small program of many C files with a Makefile and a build.ninja, in the work directory of a sandbox. */
final class Project {
    private final Sandbox box;
    private final SortedMap<String, String> wanted;

    private Project(Sandbox box, SortedMap<String, String> wanted) {
        this.box = box;
        this.wanted = wanted;
    }

    /** Writes it, builds it once without Cairn with a command, and cleans. */
    static Project of(Sandbox box, int files, String... build) {
        box.write("all.h", "#include <stddef.h>\n#define BASE 100\nint check(size_t);\n");
        StringBuilder ninja = new StringBuilder(
                "launcher =\n"
                        + "rule cc\n  command = $launcher gcc -O1 -MD -MF $out.d -c $in -o $out\n  deps = gcc\n  depfile = $out.d\n");
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < files; i++) {
            String name = "f" + i;
            box.write(name + ".h", "#define OWN_" + i + " " + i + "\n");
            box.write(
                    name + ".c",
                    "#include \"all.h\"\n#include \"" + name + ".h\"\nint " + name + "(int x) { return x * OWN_" + i
                            + " + BASE; }\n");
            ninja.append("build ").append(name).append(".o: cc ").append(name).append(".c\n");
            all.append(' ').append(name).append(".o");
        }
        box.write("build.ninja", ninja.toString());
        box.write(
                "Makefile",
                "CFLAGS = -O1 -MMD -MP\nOBJECTS =" + all
                        + "\nall: $(OBJECTS)\n%.o: %.c\n\t$(LAUNCHER) gcc $(CFLAGS) -c $< -o $@\n"
                        + "clean:\n\trm -f $(OBJECTS) $(OBJECTS:.o=.d)\n-include $(OBJECTS:.o=.d)\n");
        Project project = new Project(box, build(box, box.bare(build)));
        project.clean();
        return project;
    }

    private static SortedMap<String, String> build(Sandbox box, Command build) {
        build.run().succeeded();
        return objects(box);
    }

    private static SortedMap<String, String> objects(Sandbox box) {
        SortedMap<String, String> listing = Tree.of(box.work).listing();
        listing.keySet().removeIf(name -> !name.endsWith(".o") && !name.matches("f\\d+\\.d"));
        return listing;
    }

    /** Fails unless objects and dependency files are those of the build without Cairn. */
    void assertBuilt() {
        assertThat(objects(box)).isEqualTo(wanted);
    }

    /** Returns how many objects there are now. */
    int objects() {
        String[] names = box.work.toFile().list((directory, name) -> name.endsWith(".o"));
        return names == null ? 0 : names.length;
    }

    void clean() {
        box.bare("make", "-s", "clean").run().succeeded();
        box.bare("rm", "-f", ".ninja_deps", ".ninja_log").run().succeeded();
        box.settle();
    }

    String makeArgument() {
        return "LAUNCHER=" + box.launcher();
    }

    /** Makes ninja start compilations by Cairn. */
    void useCairnInNinja() {
        box.write(
                "build.ninja",
                new String(box.read("build.ninja"), java.nio.charset.StandardCharsets.UTF_8)
                        .replaceFirst("launcher =", "launcher = " + box.launcher()));
    }
}
