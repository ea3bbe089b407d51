package dev.cairn.wrapper.family;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the arguments of one command line by the option table and collects what they say. Not thread-safe. */
final class ArgumentReader {
    private static final Pattern TELLING = Pattern.compile("__TI|__DA|__has_|##");
    private static final Pattern HARMLESS_MLLVM = Pattern.compile("-[a-z][a-z0-9-]*(=[A-Za-z0-9_.,+-]*)?");
    private static final Pattern TALKING_MLLVM =
            Pattern.compile("-(print|debug|stats|view|dot|time|info-output|track-memory|rng-seed|pass-remarks).*");

    /** A source as the driver will see it. */
    record Source(int position, Optional<Language> explicit) {}

    final List<Source> sources = new ArrayList<>();
    final List<String> searched = new ArrayList<>();
    final List<String> quoteSearched = new ArrayList<>();
    final List<String> forced = new ArrayList<>();
    final List<String> inputs = new ArrayList<>();
    final List<String> probes = new ArrayList<>();
    final List<Integer> preprocessing = new ArrayList<>();
    final List<Word> words = new ArrayList<>();
    final List<Word> outputWords = new ArrayList<>();
    final Set<SideOutput.Role> sides = EnumSet.noneOf(SideOutput.Role.class);
    final Map<Option.Role, String> single = new LinkedHashMap<>();
    Optional<Option.Role> dependKind = Optional.empty();
    Optional<Option.Role> kind = Optional.empty();
    Optional<Refusal> refusal = Optional.empty();
    Optional<String> bound = Optional.empty();
    boolean llvm;
    boolean linkTime;
    boolean dependText;
    boolean dependTarget;
    boolean sanitized;
    boolean nativeProcessor;
    boolean ownMapping;
    boolean wrapsMessages;

    private final Dialect dialect;
    private final OptionTable table;
    private final List<String> all;
    private Optional<Language> language = Optional.empty();
    private boolean ended;

    ArgumentReader(Dialect dialect, List<String> arguments) {
        this.dialect = dialect;
        this.table = OptionTable.of(dialect);
        this.all = arguments;
    }

    /** Reads all arguments, or those before the first that is refused. */
    void read() {
        for (int i = 0; i < all.size() && refusal.isEmpty(); i++) {
            i += take(i);
        }
    }

    void refuse(String reason, String detail) {
        if (refusal.isEmpty()) {
            refusal = Optional.of(new Refusal(reason, detail));
        }
    }

    /** Takes one option with its value; returns how many further arguments it took. */
    private int take(int index) {
        String argument = all.get(index);
        if (ended || !argument.startsWith("-")) {
            sources.add(new Source(index, language));
            preprocessing.add(index);
            return 0;
        }
        if (argument.equals("-")) {
            refuse("stdin_source", argument);
            return 0;
        }
        if (argument.startsWith("-Wp,-M")) {
            words.add(Word.plain(argument));
            dependViaPreprocessor(argument);
            return 0;
        }
        Optional<Option> found = table.find(argument);
        if (found.isEmpty()) {
            refuse("unknown_option", argument);
            return 0;
        }
        Option option = found.get();
        if (!option.takesNext(argument)) {
            keep(option, index, 1, option.text().length());
            apply(option, argument, argument.substring(option.text().length()));
            return 0;
        }
        if (index + 1 == all.size()) {
            refuse("missing_argument", argument);
            return 0;
        }
        if (option.role() == Option.Role.XCLANG) {
            return inner(index);
        }
        keep(option, index, 2, 0);
        apply(option, argument, all.get(index + 1));
        return 1;
    }

    /** Puts an argument and its value where they belong. */
    private void keep(Option option, int index, int count, int valueStart) {
        boolean preprocessed = switch (option.role()) {
            case OBJECT, ASSEMBLY, LLVM, OUTPUT, DEPEND_FILE, DEPEND_ALL, DEPEND_USER, DEPEND_TEXT, TARGET -> false;
            case SPLIT_DWARF, COVERAGE, STACK_USAGE, CALLGRAPH -> false;
            default -> true;
        };
        boolean names = option.role() == Option.Role.OUTPUT || option.role() == Option.Role.DEPEND_FILE;
        List<Word> target = names ? outputWords : words;
        for (int i = index; i < index + count; i++) {
            if (preprocessed) {
                preprocessing.add(i);
            }
            boolean value = i == index + count - 1;
            target.add(value ? word(option.role(), all.get(i), count == 1 ? valueStart : 0) : Word.plain(all.get(i)));
        }
    }

    private static Word word(Option.Role role, String text, int start) {
        return switch (role) {
            case SEARCH, QUOTE, FORCED, INPUT, OUTPUT, DEPEND_FILE, TARGET -> Word.path(text, start);
            case MAP -> Word.mapping(text, start);
            default -> Word.plain(text);
        };
    }

    /** {@code -Xclang option}, or {@code -Xclang option -Xclang value}. */
    private int inner(int index) {
        String argument = all.get(index + 1);
        Optional<Option> found = OptionTable.inner().find(argument);
        if (found.isEmpty() || found.get().role() == Option.Role.REFUSED) {
            refuse("unsupported_option", "-Xclang " + argument);
            return 1;
        }
        Option option = found.get();
        if (!option.takesNext(argument)) {
            keep(option, index, 2, 0);
            return 1;
        }
        if (index + 3 >= all.size() || !all.get(index + 2).equals("-Xclang")) {
            refuse("missing_argument", "-Xclang " + argument);
            return 1;
        }
        keep(option, index, 4, 0);
        apply(option, argument, all.get(index + 3));
        return 3;
    }

    private void apply(Option option, String argument, String value) {
        sanitized |= argument.startsWith("-fsanitize");
        switch (option.role()) {
            case KEY -> {
                machine(argument);
                definition(argument, value);
                wrapping(argument, value);
            }
            case BOUND -> bind(argument);
            case PROBE -> probe(argument, value);
            case NATIVE -> {
                machine(argument);
                nativeProcessor |= value.startsWith("native");
            }
            case SEARCH -> search(searched, value, argument);
            case QUOTE -> search(quoteSearched, value, argument);
            case FORCED -> forced.add(value);
            case INPUT -> inputs.add(value);
            case MODULE -> inputs.add(value.substring(value.indexOf('=') + 1));
            case MAP -> ownMapping = true;
            case OBJECT, ASSEMBLY -> kind(option.role(), argument);
            case OUTPUT, DEPEND_FILE -> once(option.role(), argument, value);
            case LANGUAGE -> language(value);
            case DEPEND_ALL, DEPEND_USER -> depend(option.role(), argument);
            case DEPEND_TEXT -> dependText = true;
            case TARGET -> {
                dependText = true;
                dependTarget = true;
            }
            case SPLIT_DWARF -> sides.add(SideOutput.Role.DWO);
            case STACK_USAGE -> sides.add(SideOutput.Role.SU);
            case CALLGRAPH -> sides.add(SideOutput.Role.CI);
            case COVERAGE -> {
                sides.add(SideOutput.Role.GCNO);
                bind(argument);
            }
            case LLVM -> {
                llvm = true;
                bind(argument);
            }
            case LTO -> {
                linkTime = true;
                bind(argument);
            }
            case NO_LTO -> linkTime = false;
            case MLLVM -> llvmOption(value);
            case END -> ended = true;
            case XCLANG -> refuse("unsupported_option", argument);
            case REFUSED -> refuse(option.reason(), argument);
        }
    }

    /** Where a message is broken into lines depends on how long the paths before it are. */
    private void wrapping(String argument, String value) {
        if (argument.startsWith("-fmessage-length=")) {
            wrapsMessages = !value.equals("0");
        }
    }

    private void bind(String argument) {
        if (bound.isEmpty()) {
            bound = Optional.of(argument);
        }
    }

    private void probe(String argument, String value) {
        probes.add(argument);
        if (!argument.endsWith(value) || argument.equals(value)) {
            probes.add(value);
        }
    }

    /** Machine options can choose other directories (multilibs), so the driver is probed with them too. */
    private void machine(String argument) {
        if (argument.startsWith("-m")) {
            probes.add(argument);
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

    /** LLVM's own options number thousands: those that name no file and print nothing only change the output. */
    private void llvmOption(String value) {
        if (!HARMLESS_MLLVM.matcher(value).matches()
                || TALKING_MLLVM.matcher(value).matches()) {
            refuse("unsupported_option", "-mllvm " + value);
        }
    }

    private void once(Option.Role role, String argument, String value) {
        if (single.putIfAbsent(role, value) != null) {
            refuse("unsupported_option", argument + " (given twice)");
        }
    }

    private void depend(Option.Role role, String argument) {
        if (dependKind.isPresent()) {
            refuse("unsupported_option", argument + " (given twice)");
        }
        dependKind = Optional.of(role);
    }

    private void kind(Option.Role role, String argument) {
        if (kind.isPresent() && kind.get() != role) {
            refuse("unsupported_option", argument + " (with another kind of output)");
        }
        kind = Optional.of(role);
    }

    private void search(List<String> target, String value, String argument) {
        if (value.startsWith("=") || value.startsWith("$SYSROOT") || value.isEmpty()) {
            refuse("unsupported_option", argument + " (relative to the system root)");
        }
        target.add(value);
    }

    private void language(String name) {
        if (name.equals("none")) {
            language = Optional.empty();
            return;
        }
        language = Language.ofName(name);
        if (language.isEmpty()) {
            refuse("unsupported_language", "-x " + name);
        }
    }

    /** {@code -Wp,-MD,file}: the preprocessor's own spelling, in which the file is part of the option. */
    private void dependViaPreprocessor(String argument) {
        String[] parts = argument.split(",", -1);
        boolean complete = parts[1].equals("-MD");
        if (parts.length != 3 || parts[2].isEmpty() || !(complete || parts[1].equals("-MMD"))) {
            refuse("unsupported_option", argument);
            return;
        }
        depend(complete ? Option.Role.DEPEND_ALL : Option.Role.DEPEND_USER, argument);
        once(Option.Role.DEPEND_FILE, argument, parts[2]);
    }

    boolean isClang() {
        return dialect == Dialect.CLANG;
    }
}
