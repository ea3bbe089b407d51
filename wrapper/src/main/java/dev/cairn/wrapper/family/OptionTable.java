package dev.cairn.wrapper.family;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The options that are understood, from {@code options.txt}. Immutable. */
final class OptionTable {
    private static final String INNER = "cc1";
    private static final Map<String, OptionTable> TABLES = load();

    private final Map<String, Option> exact = new HashMap<>();
    private final Map<String, Option> prefixes = new HashMap<>();
    private int longestPrefix;

    private OptionTable() {}

    /** Returns the table of a dialect. */
    static OptionTable of(Dialect dialect) {
        return named(dialect.name().toLowerCase(Locale.ROOT));
    }

    /** Returns the table of what may follow {@code -Xclang}. */
    static OptionTable inner() {
        return named(INNER);
    }

    private static OptionTable named(String family) {
        OptionTable table = TABLES.get(family);
        if (table == null) {
            throw new IllegalArgumentException("no options for " + family);
        }
        return table;
    }

    /** Returns the row for an argument: the exact one, else the one with the longest matching beginning. */
    Optional<Option> find(String argument) {
        Option option = exact.get(argument);
        if (option != null) {
            return Optional.of(option);
        }
        for (int length = Math.min(longestPrefix, argument.length()); length > 0; length--) {
            Option candidate = prefixes.get(argument.substring(0, length));
            if (candidate != null && (candidate.form() != Option.Form.PLAIN || argument.indexOf('=') < 0)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private static Map<String, OptionTable> load() {
        Map<String, OptionTable> tables = new HashMap<>();
        tables.put(INNER, new OptionTable());
        for (Dialect dialect : Dialect.values()) {
            tables.put(dialect.name().toLowerCase(Locale.ROOT), new OptionTable());
        }
        text().lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.trim().split("\\s+"))
                .forEach(words -> addRow(tables, words));
        return tables;
    }

    private static void addRow(Map<String, OptionTable> tables, String[] words) {
        Option.Form form = Option.Form.valueOf(words[1].toUpperCase(Locale.ROOT));
        List<String> texts = Arrays.asList(words).subList(3, words.length);
        tables.forEach((family, table) -> {
            if (words[0].equals(family) || (words[0].equals("both") && !family.equals(INNER))) {
                texts.forEach(text -> table.add(option(text, form, words[2])));
            }
        });
    }

    private static Option option(String text, Option.Form form, String role) {
        String name = role.toUpperCase(Locale.ROOT).replace('-', '_');
        for (Option.Role known : Option.Role.values()) {
            if (known.name().equals(name)) {
                return new Option(text, form, known, "");
            }
        }
        return new Option(text, form, Option.Role.REFUSED, role);
    }

    private void add(Option option) {
        if (option.form() == Option.Form.ALONE || option.form() == Option.Form.NEXT) {
            exact.put(option.text(), option);
        } else {
            prefixes.put(option.text(), option);
            longestPrefix = Math.max(longestPrefix, option.text().length());
        }
    }

    private static String text() {
        try (InputStream in = OptionTable.class.getResourceAsStream("options.txt")) {
            if (in == null) {
                throw new IllegalStateException("options.txt is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("options.txt can't be read", e);
        }
    }
}
