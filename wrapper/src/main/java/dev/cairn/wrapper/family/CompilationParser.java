package dev.cairn.wrapper.family;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Parses one command line of GCC or Clang by the option table. What it does not understand it refuses; it never
 * guesses. One instance parses one command line. Not thread-safe.
 */
public final class CompilationParser {
    private static final Pattern TELLING = Pattern.compile("__TI|__DA|__has_|##");

    private final Dialect dialect;
    private final OptionTable table;
    private final ResponseFiles responseFiles;
    private final List<String> searched = new ArrayList<>();
    private final List<String> quoteSearched = new ArrayList<>();
    private final List<String> forced = new ArrayList<>();
    private final List<String> probes = new ArrayList<>();
    private final List<String> preprocessorArguments = new ArrayList<>();
    private final List<String> contentArguments = new ArrayList<>();
    private final List<String> sources = new ArrayList<>();
    private Optional<Language> explicitLanguage = Optional.empty();
    private Optional<Language> sourceLanguage = Optional.empty();
    private Optional<String> output = Optional.empty();
    private Optional<String> dependFile = Optional.empty();
    private Optional<Option.Role> dependKind = Optional.empty();
    private Optional<String> outputSuffix = Optional.empty();
    private Optional<Refusal> refusal = Optional.empty();
    private boolean dependText;
    private boolean dependTarget;
    private boolean linkTime;
    private boolean sanitized;
    private boolean nativeProcessor;

    private CompilationParser(Dialect dialect, String directory) {
        this.dialect = dialect;
        table = OptionTable.of(dialect);
        responseFiles = new ResponseFiles(directory);
    }

    /** What became of a command line. */
    public sealed interface Parsed {
        /** One source, compiled to one output. */
        record Understood(Compilation compilation) implements Parsed {}

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
        return new CompilationParser(dialect, directory).parse(arguments);
    }

    private Parsed parse(List<String> arguments) {
        Optional<List<String>> expanded = responseFiles.expand(arguments);
        if (expanded.isEmpty()) {
            return new Parsed.Refused(new Refusal("response_file", "a response file can't be read"));
        }
        List<String> all = expanded.get();
        for (int i = 0; i < all.size() && refusal.isEmpty(); i++) {
            i += take(all, i);
        }
        if (refusal.isEmpty()) {
            checkWhole();
        }
        return refusal.<Parsed>map(Parsed.Refused::new).orElseGet(() -> new Parsed.Understood(compilation(all)));
    }

    /** Takes one option with its value; returns how many further arguments it took. */
    private int take(List<String> all, int index) {
        String argument = all.get(index);
        if (!argument.startsWith("-")) {
            sources.add(argument);
            preprocessorArguments.add(argument);
            contentArguments.add(argument);
            sourceLanguage = explicitLanguage;
            return 0;
        }
        if (argument.equals("-")) {
            refuse("stdin_source", argument);
            return 0;
        }
        if (argument.startsWith("-Wp,-M")) {
            contentArguments.add(argument);
            dependViaPreprocessor(argument);
            return 0;
        }
        Optional<Option> found = table.find(argument);
        if (found.isEmpty()) {
            refuse("unknown_option", argument);
            return 0;
        }
        Option option = found.get();
        boolean separate = option.form() == Option.Form.NEXT
                || (option.form() == Option.Form.EITHER && argument.equals(option.text()));
        if (!separate) {
            apply(option, argument, argument.substring(option.text().length()), List.of(argument));
            return 0;
        }
        if (index + 1 == all.size()) {
            refuse("missing_argument", argument);
            return 0;
        }
        apply(option, argument, all.get(index + 1), List.of(argument, all.get(index + 1)));
        return 1;
    }

    private void apply(Option option, String argument, String value, List<String> words) {
        switch (option.role()) {
            case OBJECT, ASSEMBLY, OUTPUT, DEPEND_FILE, DEPEND_ALL, DEPEND_USER, DEPEND_TEXT -> {}
            default -> preprocessorArguments.addAll(words);
        }
        if (option.role() != Option.Role.OUTPUT && option.role() != Option.Role.DEPEND_FILE) {
            contentArguments.addAll(words);
        }
        linkTime |= argument.startsWith("-flto");
        sanitized |= argument.startsWith("-fsanitize");
        switch (option.role()) {
            case KEY -> {
                machine(argument, words);
                definition(argument, value);
            }
            case DEPEND_TEXT -> {
                dependText = true;
                dependTarget |= argument.startsWith("-MT") || argument.startsWith("-MQ");
            }
            case PROBE -> probes.addAll(words);
            case NATIVE -> {
                machine(argument, words);
                nativeProcessor |= value.startsWith("native");
            }
            case SEARCH -> search(searched, value, argument);
            case QUOTE -> search(quoteSearched, value, argument);
            case FORCED -> forced.add(value);
            case OBJECT -> kind("o", argument);
            case ASSEMBLY -> kind("s", argument);
            case OUTPUT -> once(output, argument, () -> output = Optional.of(value));
            case LANGUAGE -> language(value);
            case DEPEND_FILE -> once(dependFile, argument, () -> dependFile = Optional.of(value));
            case DEPEND_ALL, DEPEND_USER -> once(dependKind, argument, () -> dependKind = Optional.of(option.role()));
            case REFUSED -> refuse(option.reason(), argument);
        }
    }

    /** Machine options can choose other directories (multilibs), so the driver is probed with them too. */
    private void machine(String argument, List<String> words) {
        if (argument.startsWith("-m")) {
            probes.addAll(words);
        }
    }

    /** A macro's value is text of the program that is in no file; what has to be looked for there is refused instead. */
    private void definition(String argument, String value) {
        boolean viaPreprocessor = argument.startsWith("-Wp,");
        if (viaPreprocessor && value.indexOf(',') >= 0) {
            refuse("unsupported_option", argument);
        }
        boolean macro = viaPreprocessor || argument.startsWith("-D");
        if (macro
                && (value.contains("__") || value.contains("##"))
                && TELLING.matcher(value).find()) {
            refuse("unsupported_option", argument);
        }
        if (macro && value.toLowerCase(Locale.ROOT).contains(".inc")) {
            refuse("unsupported_option", argument);
        }
    }

    private void once(Optional<?> before, String argument, Runnable set) {
        if (before.isPresent()) {
            refuse("unsupported_option", argument + " (given twice)");
        } else {
            set.run();
        }
    }

    private void kind(String suffix, String argument) {
        if (outputSuffix.isPresent() && !outputSuffix.get().equals(suffix)) {
            refuse("unsupported_option", argument + " (with another kind of output)");
        }
        outputSuffix = Optional.of(suffix);
    }

    private void search(List<String> target, String value, String argument) {
        if (value.startsWith("=") || value.startsWith("$SYSROOT") || value.isEmpty()) {
            refuse("unsupported_option", argument + " (relative to the system root)");
        }
        target.add(value);
    }

    private void language(String name) {
        if (name.equals("none")) {
            explicitLanguage = Optional.empty();
            return;
        }
        explicitLanguage = Language.ofName(name);
        if (explicitLanguage.isEmpty()) {
            refuse("unsupported_language", "-x " + name);
        }
    }

    /** {@code -Wp,-MD,file}: the preprocessor's own spelling, in which the file is part of the option. */
    private void dependViaPreprocessor(String argument) {
        String[] words = argument.split(",", -1);
        boolean all = words[1].equals("-MD");
        if (words.length != 3 || words[2].isEmpty() || !(all || words[1].equals("-MMD"))) {
            refuse("unsupported_option", argument);
            return;
        }
        once(dependKind, argument, () -> {
            dependKind = Optional.of(all ? Option.Role.DEPEND_ALL : Option.Role.DEPEND_USER);
            once(dependFile, argument, () -> dependFile = Optional.of(words[2]));
        });
    }

    private void checkWhole() {
        if (outputSuffix.isEmpty()) {
            refuse("not_a_compilation", "neither -c nor -S");
        } else if (sources.isEmpty()) {
            refuse("no_source", "no source file");
        } else if (sources.size() > 1) {
            refuse("multiple_sources", sources.get(0) + " and " + sources.get(1));
        } else if ((dependFile.isPresent() || dependText) && dependKind.isEmpty()) {
            refuse("unsupported_option", "-MF, -MT, -MQ or -MP without -MD or -MMD");
        } else {
            checkSource(sources.get(0));
        }
    }

    private void checkSource(String source) {
        if (sourceLanguage.isEmpty()) {
            String suffix = suffix(source);
            sourceLanguage = Language.ofSuffix(suffix);
            if (sourceLanguage.isEmpty()) {
                boolean header = suffix.startsWith("h") || suffix.startsWith("H");
                refuse(header ? "precompiled_header" : "unsupported_language", source);
                return;
            }
        }
        if (dependKind.isPresent() && !sourceLanguage.get().goesThroughPreprocessor()) {
            refuse("unsupported_option", "dependency file of a source that is not preprocessed");
        }
        if (dialect == Dialect.CLANG && sanitized && !sourceLanguage.get().goesThroughPreprocessor()) {
            refuse("unsupported_option", "-fsanitize= with a source that is not preprocessed");
        }
        String name = baseName(output.orElse(source));
        int dot = name.lastIndexOf('.');
        if (dot == 0 || dot == name.length() - 1 || name.isEmpty()) {
            refuse("unsupported_output", name);
        }
        if (output.filter(o -> o.equals("-")).isPresent()) {
            refuse("unsupported_output", "-o -");
        }
    }

    private void refuse(String reason, String detail) {
        if (refusal.isEmpty()) {
            refusal = Optional.of(new Refusal(reason, detail));
        }
    }

    private Compilation compilation(List<String> all) {
        String source = sources.get(0);
        String main = output.orElseGet(() -> stem(baseName(source)) + "." + outputSuffix.orElseThrow());
        List<String> directories = new ArrayList<>(quoteSearched);
        directories.addAll(searched);
        return new Compilation(
                all,
                outputNameDecides() ? all : contentArguments,
                source,
                sourceLanguage.orElseThrow(),
                main,
                dependKind.map(kind -> depfile(kind, source)),
                directories,
                forced,
                probes,
                preprocessorArguments,
                responseFiles.read(),
                nativeProcessor);
    }

    /** The output's name is the target in a depfile, unless one is given, and may be part of link-time objects. */
    private boolean outputNameDecides() {
        return linkTime || (dependKind.isPresent() && !dependTarget);
    }

    /** GCC manual, "Preprocessor Options", -MD: the output's name with suffix .d, else the source's without directory. */
    private Compilation.Depfile depfile(Option.Role kind, String source) {
        String path = dependFile.orElseGet(
                () -> output.map(CompilationParser::stem).orElseGet(() -> stem(baseName(source))) + ".d");
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
