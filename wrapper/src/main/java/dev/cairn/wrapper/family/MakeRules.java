package dev.cairn.wrapper.family;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A dependency file in parts, so that it can be written again with other paths exactly as the compiler would have: where
 * it breaks lines depends on the lengths of names. Names are kept as they stand in the file, escaped. Immutable.
 *
 * @param layout how the compiler lays such a file out
 * @param phony whether each prerequisite but the first has an empty rule of its own ({@code -MP})
 */
public record MakeRules(Layout layout, boolean phony, List<String> targets, List<String> prerequisites) {
    private static final String VERSION = "1";

    /** How names are put on lines: libcpp's mkdeps.cc, and DependencyFile.cpp of Clang's frontend. */
    public enum Layout {
        /** GCC. */
        GCC,
        /** Clang. */
        CLANG
    }

    public MakeRules {
        targets = List.copyOf(targets);
        prerequisites = List.copyOf(prerequisites);
    }

    /**
     * Takes a dependency file apart.
     *
     * @param text one char per byte
     * @return empty unless the parts, written again, give exactly the same text
     */
    public static Optional<MakeRules> of(String text) {
        List<String> targets = new ArrayList<>();
        List<String> prerequisites = new ArrayList<>();
        if (!split(text, targets, prerequisites)) {
            return Optional.empty();
        }
        for (Layout layout : Layout.values()) {
            for (boolean phony : new boolean[] {false, true}) {
                MakeRules rules = new MakeRules(layout, phony, targets, prerequisites);
                if (rules.text().equals(text)) {
                    return Optional.of(rules);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean split(String text, List<String> targets, List<String> prerequisites) {
        StringBuilder word = new StringBuilder();
        boolean colon = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            char next = i + 1 < text.length() ? text.charAt(i + 1) : '\n';
            if (c == '\\' && next != '\n') {
                word.append(c).append(next);
                i++;
            } else if (c == ':' && !colon && (next == ' ' || next == '\n')) {
                end(word, targets);
                colon = true;
            } else if (c == ' ' || c == '\\') {
                end(word, colon ? prerequisites : targets);
                i += c == '\\' ? 1 : 0;
            } else if (c == '\n') {
                end(word, colon ? prerequisites : targets);
                return colon && !targets.isEmpty();
            } else {
                word.append(c);
            }
        }
        return false;
    }

    private static void end(StringBuilder word, List<String> words) {
        if (!word.isEmpty()) {
            words.add(word.toString());
            word.setLength(0);
        }
    }

    /** Returns these rules with every name replaced. */
    public MakeRules withNames(UnaryOperator<String> change) {
        return new MakeRules(
                layout,
                phony,
                targets.stream().map(change).toList(),
                prerequisites.stream().map(change).toList());
    }

    /** Returns the file's text. */
    public String text() {
        StringBuilder text = new StringBuilder();
        switch (layout) {
            case GCC -> gcc(text);
            case CLANG -> clang(text);
        }
        text.append('\n');
        if (phony) {
            String before = layout == Layout.CLANG ? "\n" : "";
            prerequisites.stream()
                    .skip(1)
                    .forEach(name -> text.append(before).append(name).append(":\n"));
        }
        return text.toString();
    }

    private void gcc(StringBuilder text) {
        int column = 0;
        for (String target : targets) {
            column = gccName(text, target, column);
        }
        text.append(':');
        column++;
        for (String name : prerequisites) {
            column = gccName(text, name, column);
        }
    }

    private static int gccName(StringBuilder text, String name, int before) {
        int column = before;
        if (column > 0) {
            if (column + name.length() > 72) {
                text.append(" \\\n");
                column = 0;
            }
            text.append(' ');
            column++;
        }
        text.append(name);
        return column + name.length();
    }

    private void clang(StringBuilder text) {
        final int most = 75;
        int column = 0;
        for (String target : targets) {
            int length = target.length();
            if (column == 0) {
                column = length;
            } else if (column + length + 2 > most) {
                column = length + 2;
                text.append(" \\\n  ");
            } else {
                column += length + 1;
                text.append(' ');
            }
            text.append(target);
        }
        text.append(':');
        column++;
        for (String name : prerequisites) {
            if (column + name.length() + 3 > most) {
                text.append(" \\\n ");
                column = 2;
            }
            text.append(' ').append(name);
            column += name.length() + 1;
        }
    }

    /** Returns the rules as text to be kept; names hold no line ends. */
    public String encode() {
        List<String> lines = new ArrayList<>(
                List.of(VERSION, layout.name(), Boolean.toString(phony), Integer.toString(targets.size())));
        lines.addAll(targets);
        lines.addAll(prerequisites);
        return String.join("\n", lines);
    }

    /** Reads what {@link #encode} wrote. */
    public static Optional<MakeRules> decode(String text) {
        try {
            List<String> lines = List.of(text.split("\n", -1));
            int end = 4 + Integer.parseInt(lines.get(3));
            return lines.get(0).equals(VERSION)
                    ? Optional.of(new MakeRules(
                            Layout.valueOf(lines.get(1)),
                            Boolean.parseBoolean(lines.get(2)),
                            lines.subList(4, end),
                            lines.subList(end, lines.size())))
                    : Optional.empty();
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }
}
