package dev.cairn.wrapper.family;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What Clang decides by the mere existence of files around it and around the GCC whose headers it takes. Stateless. */
final class ClangSurroundings {
    private static final String GCC = "/lib/gcc/";
    private static final int LEVELS = 2;

    private ClangSurroundings() {}

    /** Returns the directories in which a new entry could change what it searches: versions of GCC, of libraries, ignore lists. */
    static List<String> parents(Collection<String> searched, String resources) {
        Set<String> parents = new LinkedHashSet<>(List.of(resources, resources + "/share"));
        for (String directory : searched) {
            int gcc = directory.indexOf(GCC);
            if (gcc >= 0) {
                parents.add(directory.substring(0, gcc + GCC.length() - 1));
                int triple = directory.indexOf('/', gcc + GCC.length());
                parents.add(triple < 0 ? directory : directory.substring(0, triple));
            }
            addAncestors(directory, parents);
        }
        return List.copyOf(parents);
    }

    /** Returns the names of the files that it takes by default when they exist: lists of what sanitizers leave out. */
    static List<String> defaults(String resources) {
        String @Nullable [] names = new File(resources + "/share").list();
        return names == null ? List.of() : Arrays.stream(names).sorted().toList();
    }

    private static void addAncestors(String directory, Set<String> parents) {
        try {
            Path real = Files.exists(Path.of(directory)) ? Path.of(directory).toRealPath() : Path.of(directory);
            Path ancestor = real.getParent();
            for (int level = 0; level < LEVELS && ancestor != null && ancestor.getNameCount() > 0; level++) {
                parents.add(ancestor.toString());
                ancestor = ancestor.getParent();
            }
        } catch (IOException e) {
            parents.add(directory);
        }
    }

    /** Returns the configuration files that it would read by itself if they were there. */
    static Set<String> configurationFiles(String compiler) throws IOException {
        Path asked = Path.of(compiler);
        Path real = asked.toRealPath();
        String name = String.valueOf(asked.getFileName());
        Set<String> names = new LinkedHashSet<>(List.of(name, "clang", "clang++"));
        for (int dash = name.lastIndexOf('-'); dash > 0; dash = name.lastIndexOf('-', dash - 1)) {
            names.add(name.substring(0, dash));
        }
        Set<String> files = new LinkedHashSet<>();
        for (Path directory : List.of(asked.resolveSibling("x"), real.resolveSibling("x"))) {
            for (String each : names) {
                Path candidate = directory.resolveSibling(each + ".cfg");
                if (Files.notExists(candidate)) {
                    files.add(candidate.toString());
                }
            }
        }
        return files;
    }
}
