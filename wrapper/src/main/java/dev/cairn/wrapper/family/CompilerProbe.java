package dev.cairn.wrapper.family;

import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds out what a compiler is by asking it, once per compiler and per set of arguments and variables that decide which
 * tools it runs. Thread-safe; slow (it starts processes), so its answers are to be kept.
 */
public final class CompilerProbe {
    private static final Pattern NAME =
            Pattern.compile("(.+-)?(gcc|g\\+\\+|cc|c\\+\\+|clang|clang\\+\\+)(-[0-9][0-9.]*)?");
    private static final Pattern LIBRARY = Pattern.compile("=> (/\\S+) \\(0x|^\\s+(/\\S+) \\(0x");
    private static final Pattern IGNORED_DIRECTORY = Pattern.compile("ignoring nonexistent directory \"(.*)\"");
    private static final Set<String> OTHER_CACHES =
            Set.of("cairn", "ccache", "sccache", "zccache", "kache", "buildcache", "distcc", "icecc");
    private static final List<String> LANGUAGES = List.of("c", "c++", "objective-c");

    private static final Pattern VERSION = Pattern.compile("(?:gcc|clang) version (\\d+)");

    private static final Pattern DUPLICATE_DIRECTORY = Pattern.compile("ignoring duplicate directory \"(.*)\"");

    /** Architectures for which Clang assembles by itself, on systems whose objects say nothing of the command line. */
    private static final Pattern CLANG_TARGET = Pattern.compile(
            "Target: (x86_64|i[3-6]86|aarch64|arm|thumb|riscv|mips|powerpc|wasm)(?!.*(windows|mingw|cygwin|uefi)).*");

    private final Function<String, Optional<Digest>> contents;
    private final Function<String, String> states;

    /**
     * Makes a probe.
     *
     * @param contents gives the digest of a file's current content by absolute path
     * @param states gives what differs when an entry of a directory came or went, by absolute path
     */
    public CompilerProbe(Function<String, Optional<Digest>> contents, Function<String, String> states) {
        this.contents = contents;
        this.states = states;
    }

    /** What a probe found. */
    public sealed interface Probed {
        /** A compiler that is understood. */
        record Known(Compiler compiler) implements Probed {}

        /** Something else. */
        record Unknown(Refusal refusal) implements Probed {}
    }

    /** Whether a program of this path may be a compiler of these families; others are never started for a probe. */
    public static boolean mayBeCompiler(String path) {
        return NAME.matcher(path.substring(path.lastIndexOf('/') + 1)).matches();
    }

    /**
     * Asks a compiler what it is.
     *
     * @param path absolute path as the invocation found it
     * @param arguments those of the invocation that decide which tools and directories the driver uses
     * @param directory working directory of the invocation
     * @param environment environment of the invocation
     */
    public Probed probe(String path, List<String> arguments, String directory, Map<String, String> environment) {
        try {
            Optional<Refusal> refusal = refuse(path);
            if (refusal.isPresent()) {
                return new Probed.Unknown(refusal.get());
            }
            return ask(new ProbeRun(path, directory, environment), path, arguments);
        } catch (IOException e) {
            return unknown("the probe of " + path + " failed: " + e.getMessage());
        }
    }

    private static Optional<Refusal> refuse(String path) throws IOException {
        Path real = Path.of(path).toRealPath();
        if (OTHER_CACHES.contains(String.valueOf(real.getFileName()))) {
            return Optional.of(new Refusal("unknown_compiler", path + " is another cache"));
        }
        return isProgram(real) ? Optional.empty() : Optional.of(new Refusal("compiler_is_script", path));
    }

    /** Whether a file is an ELF program. */
    private static boolean isProgram(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] magic = in.readNBytes(4);
            return magic.length == 4 && magic[0] == 0x7f && magic[1] == 'E' && magic[2] == 'L' && magic[3] == 'F';
        }
    }

    private Probed ask(ProbeRun run, String path, List<String> arguments) throws IOException {
        Set<String> searched = new LinkedHashSet<>();
        String version = "";
        for (String language : LANGUAGES) {
            List<String> command = new ArrayList<>(List.of("-v"));
            command.addAll(arguments);
            command.addAll(List.of("-E", "-x", language, "/dev/null"));
            String text = run.of(command);
            version = version.isEmpty() ? text : version;
            searched.addAll(searchedDirectories(text));
        }
        Optional<Dialect> dialect = dialect(version);
        if (dialect.isEmpty()) {
            return unknown(path + " does not say that it is GCC or Clang");
        }
        boolean clang = dialect.get() == Dialect.CLANG;
        if (version.contains("Configuration file:")
                || (clang && !CLANG_TARGET.matcher(target(version)).matches())) {
            return unknown(path + " uses a configuration file, or makes code for a target that is not followed");
        }
        Set<String> tools = new LinkedHashSet<>(List.of(path));
        Set<String> absent = new LinkedHashSet<>();
        if (clang) {
            absent.addAll(ClangSurroundings.configurationFiles(path));
        } else if (!gccTools(run, arguments, tools, absent)) {
            return new Probed.Unknown(new Refusal("compiler_is_script", "the assembler of " + path));
        }
        libraries(run, tools, absent);
        String resources = clang ? lastLine(run.of(with(arguments, "-print-resource-dir"))) : "";
        List<String> parents = clang ? ClangSurroundings.parents(searched, resources) : List.of();
        List<String> defaults = clang ? ClangSurroundings.defaults(resources) : List.of();
        return identify(dialect.get(), version, tools, List.copyOf(absent), parents, defaults, List.copyOf(searched));
    }

    private Probed identify(
            Dialect dialect,
            String version,
            Set<String> tools,
            List<String> absent,
            List<String> parents,
            List<String> defaults,
            List<String> searched) {
        Hasher hasher =
                Hasher.of("compiler").put(dialect.name()).put(target(version)).putAll(defaults);
        List<Digest> digests = new ArrayList<>();
        for (String tool : tools) {
            Optional<Digest> content = contents.apply(tool);
            if (content.isEmpty()) {
                return unknown(tool + " can't be read");
            }
            hasher.put(tool.substring(tool.lastIndexOf('/') + 1)).put(content.get());
            digests.add(content.get());
        }
        List<String> parentStates = parents.stream().map(states).toList();
        return new Probed.Known(new Compiler(
                dialect,
                hasher.finish(),
                features(dialect, version),
                List.copyOf(tools),
                digests,
                absent,
                parents,
                parentStates,
                searched));
    }

    /** Release notes: -ffile-prefix-map came with GCC 8 and Clang 10, SOURCE_DATE_EPOCH with GCC 7 and Clang 16. */
    private static List<String> features(Dialect dialect, String text) {
        Matcher version = VERSION.matcher(text);
        int major = version.find() ? Integer.parseInt(version.group(1)) : 0;
        boolean clang = dialect == Dialect.CLANG;
        List<String> features = new ArrayList<>();
        if (major >= (clang ? 10 : 8)) {
            features.add(Compiler.MAPS_PATHS);
        }
        if (major >= (clang ? 16 : 7)) {
            features.add(Compiler.READS_EPOCH);
        }
        return features;
    }

    private static Probed unknown(String detail) {
        return new Probed.Unknown(new Refusal("unknown_compiler", detail));
    }

    private static Optional<Dialect> dialect(String text) {
        if (text.contains("clang version ")) {
            return Optional.of(Dialect.CLANG);
        }
        return text.lines().anyMatch(line -> line.startsWith("gcc version "))
                ? Optional.of(Dialect.GCC)
                : Optional.empty();
    }

    private static String target(String text) {
        return text.lines()
                .filter(line -> line.startsWith("Target: "))
                .findFirst()
                .orElse("");
    }

    private static Set<String> searchedDirectories(String text) {
        Set<String> directories = new LinkedHashSet<>();
        boolean listing = false;
        for (String line : text.lines().toList()) {
            Matcher ignored = IGNORED_DIRECTORY.matcher(line);
            Matcher duplicate = DUPLICATE_DIRECTORY.matcher(line);
            if (ignored.find()) {
                directories.add(ignored.group(1));
            } else if (duplicate.find()) {
                directories.add(duplicate.group(1));
            } else if (line.startsWith("#include <...>") || line.startsWith("#include \"...\"")) {
                listing = true;
            } else if (line.startsWith("End of search list")) {
                listing = false;
            } else if (listing && line.startsWith(" ")) {
                directories.add(line.substring(1).replace(" (framework directory)", ""));
            }
        }
        return directories;
    }

    /** Finds the programs that a GCC driver runs; false when its assembler is no program but a script. */
    private static boolean gccTools(ProbeRun run, List<String> arguments, Set<String> tools, Set<String> absent)
            throws IOException {
        for (String program : List.of("cc1", "cc1plus", "cc1obj", "as")) {
            String answer = lastLine(run.of(with(arguments, "-print-prog-name=" + program)));
            if (answer.startsWith("/")) {
                tools.add(answer);
            } else if (answer.equals("as")) {
                run.searchPath(answer, tools, absent);
            }
        }
        absentBefore(run.of(with(arguments, "-print-search-dirs")), tools, absent);
        String specs = lastLine(run.of(with(arguments, "-print-file-name=specs")));
        if (specs.startsWith("/")) {
            tools.add(specs);
        }
        for (String tool : tools) {
            if (tool.endsWith("/as") && !isProgram(Path.of(tool))) {
                return false;
            }
        }
        return true;
    }

    /** The driver's own directories come before PATH: an assembler that appeared there would be taken; so would specs. */
    private static void absentBefore(String searchDirectories, Set<String> tools, Set<String> absent) {
        for (String line : searchDirectories.lines().toList()) {
            boolean programs = line.startsWith("programs: =");
            if (!programs && !line.startsWith("install: ")) {
                continue;
            }
            String names = programs ? "as" : "specs";
            for (String directory : line.substring(line.indexOf('/')).split(":", -1)) {
                String candidate = directory + (directory.endsWith("/") ? "" : "/") + names;
                if (!tools.contains(candidate) && Files.notExists(Path.of(candidate))) {
                    absent.add(candidate);
                }
            }
        }
    }

    private static List<String> with(List<String> arguments, String last) {
        List<String> all = new ArrayList<>(arguments);
        all.add(last);
        return all;
    }

    private static String lastLine(String text) {
        return text.lines().reduce("", (before, line) -> line).trim();
    }

    /** Adds the shared libraries that the tools load; Clang is a thin program over its own. */
    private static void libraries(ProbeRun run, Set<String> tools, Set<String> absent) throws IOException {
        for (String tool : List.copyOf(tools)) {
            for (String line : run.loader(tool).lines().toList()) {
                Matcher matcher = LIBRARY.matcher(line);
                if (matcher.find()) {
                    String library = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
                    tools.add(library);
                    run.searchLibraryPath(library, absent);
                }
            }
        }
    }
}
