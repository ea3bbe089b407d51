package dev.cairn.wrapper.family;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Parses one command line of GCC or Clang by the option table. What it does not understand it refuses; it never
 * guesses. One instance parses one command line. Not thread-safe.
 */
public final class CompilationParser {
    private final ResponseFiles responseFiles;
    private final ArgumentReader read;
    private final List<String> all;

    private CompilationParser(Dialect dialect, ResponseFiles responseFiles, List<String> expanded) {
        this.responseFiles = responseFiles;
        this.all = expanded;
        this.read = new ArgumentReader(dialect, expanded);
    }

    /** What became of a command line. */
    public sealed interface Parsed {
        /** One compilation for each source, in order. */
        record Understood(List<Compilation> compilations) implements Parsed {
            public Understood {
                compilations = List.copyOf(compilations);
            }
        }

        /** To be passed through. */
        record Refused(Refusal refusal) implements Parsed {}
    }

    /**
     * Parses a command line.
     *
     * @param directory the working directory, for response files
     * @param arguments argv without argv[0]
     */
    public static Parsed parse(Dialect dialect, String directory, List<String> arguments) {
        ResponseFiles responseFiles = new ResponseFiles(directory);
        Optional<List<String>> expanded = responseFiles.expand(arguments);
        if (expanded.isEmpty()) {
            return new Parsed.Refused(new Refusal("response_file", "a response file can't be read"));
        }
        return new CompilationParser(dialect, responseFiles, expanded.get()).parse();
    }

    private Parsed parse() {
        read.read();
        if (read.refusal.isEmpty()) {
            checkLine();
        }
        List<Compilation> compilations = new ArrayList<>();
        CommandLine line = line();
        for (ArgumentReader.Source source : read.sources) {
            if (read.refusal.isEmpty()) {
                language(source)
                        .ifPresentOrElse(
                                language -> compilations.add(compilation(line, source, language)),
                                () -> read.refuse("unsupported_language", all.get(source.position())));
            }
        }
        if (read.refusal.isEmpty()) {
            checkOutputs(compilations);
        }
        return read.refusal.<Parsed>map(Parsed.Refused::new).orElseGet(() -> new Parsed.Understood(compilations));
    }

    private CommandLine line() {
        List<String> directories = new ArrayList<>(read.quoteSearched);
        directories.addAll(read.searched);
        return new CommandLine(
                all,
                read.sources.stream().map(ArgumentReader.Source::position).toList(),
                read.words,
                read.outputWords,
                directories,
                read.forced,
                read.inputs,
                read.probes,
                read.preprocessing,
                responseFiles.read(),
                read.nativeProcessor,
                read.bound,
                read.ownMapping,
                read.wrapsMessages);
    }

    private void checkLine() {
        boolean header = !read.sources.isEmpty()
                && read.sources.stream().allMatch(source -> language(source).equals(Optional.of(Language.HEADER)));
        boolean several = read.sources.size() > 1;
        if (read.kind.isEmpty() && !header) {
            read.refuse("not_a_compilation", "neither -c nor -S");
        } else if (read.sources.isEmpty()) {
            read.refuse("no_source", "no source file");
        } else if (several && (output().isPresent() || read.single.containsKey(Option.Role.DEPEND_FILE))) {
            read.refuse("multiple_sources", "several sources with one -o or -MF");
        } else if ((read.single.containsKey(Option.Role.DEPEND_FILE) || read.dependText) && read.dependKind.isEmpty()) {
            read.refuse("unsupported_option", "-MF, -MT, -MQ or -MP without -MD or -MMD");
        } else if (several && read.dependTarget) {
            read.refuse("multiple_sources", "several sources with one -MT or -MQ");
        }
    }

    private Optional<String> output() {
        return Optional.ofNullable(read.single.get(Option.Role.OUTPUT));
    }

    private Optional<Language> language(ArgumentReader.Source source) {
        return source.explicit().or(() -> Language.ofSuffix(suffix(all.get(source.position()))));
    }

    private Compilation compilation(CommandLine line, ArgumentReader.Source source, Language language) {
        String path = all.get(source.position());
        if (read.dependKind.isPresent() && !language.goesThroughPreprocessor()) {
            read.refuse("unsupported_option", "dependency file of a source that is not preprocessed");
        }
        if (read.isClang() && read.sanitized && !language.goesThroughPreprocessor()) {
            read.refuse("unsupported_option", "-fsanitize= with a source that is not preprocessed");
        }
        if (language == Language.HEADER
                && read.kind.filter(Option.Role.ASSEMBLY::equals).isPresent()) {
            read.refuse("unsupported_option", "-S of a header");
        }
        if (read.isClang() && isAssembly() && read.sides.contains(SideOutput.Role.DWO)) {
            read.refuse("unsupported_option", "-gsplit-dwarf with -S");
        }
        String main = output().orElseGet(() -> defaultOutput(path, language));
        checkName(baseName(output().orElse(path)));
        if (main.equals("-")) {
            read.refuse("unsupported_output", "-o -");
        }
        String stem = output().map(CompilationParser::stem).orElseGet(() -> stem(baseName(path)));
        List<SideOutput> sides = read.sides.stream()
                .map(role -> new SideOutput(role, stem + role.suffix()))
                .toList();
        return new Compilation(
                line,
                source.position(),
                path,
                language,
                main,
                read.dependKind.map(kind -> depfile(kind, stem)),
                sides,
                outputDecides());
    }

    private boolean isAssembly() {
        return read.kind.filter(Option.Role.ASSEMBLY::equals).isPresent();
    }

    private void checkName(String name) {
        int dot = name.lastIndexOf('.');
        if (dot == 0 || dot == name.length() - 1 || name.isEmpty()) {
            read.refuse("unsupported_output", name);
        }
    }

    /** GCC manual, "Overall Options", -o; Clang likewise, with .bc and .ll for LLVM's own forms. */
    private String defaultOutput(String source, Language language) {
        if (language == Language.HEADER) {
            return source + ".gch";
        }
        String suffix = isAssembly() ? (read.llvm ? ".ll" : ".s") : (read.llvm ? ".bc" : ".o");
        return stem(baseName(source)) + suffix;
    }

    /** Two sources of one name would be written over each other. */
    private void checkOutputs(List<Compilation> compilations) {
        Set<String> outputs = new HashSet<>();
        for (Compilation compilation : compilations.size() > 1 ? compilations : List.<Compilation>of()) {
            for (String output : compilation.outputs()) {
                if (!outputs.add(output)) {
                    read.refuse("multiple_sources", "two outputs named " + output);
                }
            }
        }
    }

    /** The output's name is the target in a depfile, unless one is given, and is part of some outputs' content. */
    private boolean outputDecides() {
        return read.linkTime
                || read.bound.isPresent()
                || read.sides.contains(SideOutput.Role.DWO)
                || read.sides.contains(SideOutput.Role.CI)
                || (read.dependKind.isPresent() && !read.dependTarget);
    }

    /** GCC manual, "Preprocessor Options", -MD: the output's name with suffix .d, else the source's without directory. */
    private Compilation.Depfile depfile(Option.Role kind, String stem) {
        String path =
                Optional.ofNullable(read.single.get(Option.Role.DEPEND_FILE)).orElse(stem + ".d");
        return new Compilation.Depfile(path, kind == Option.Role.DEPEND_ALL);
    }

    private static String baseName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String suffix(String path) {
        String name = baseName(path);
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** A path without its last suffix. */
    private static String stem(String path) {
        int dot = path.lastIndexOf('.');
        return dot > path.lastIndexOf('/') ? path.substring(0, dot) : path;
    }
}
