package dev.cairn.wrapper.family;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds what a source's bytes say about other files. It neither preprocesses nor skips comments and strings: a directive
 * in dead text is reported too, which can only cost a miss. One instance scans one file. Not thread-safe.
 */
public final class IncludeScanner {
    private static final byte[] HAS_INCLUDE = ascii("__has_include");
    private static final byte[] HAS_EMBED = ascii("__has_embed");
    private static final byte[] DATE = ascii("__DATE__");
    private static final byte[] TIME = ascii("__TIME__");
    private static final byte[] TIMESTAMP = ascii("__TIMESTAMP__");
    private static final byte[] PRAGMA = ascii("_Pragma");
    private static final int NEAR = 120;
    private static final int SHORTEST_PART = 4;
    private static final int BLOCK = 256;

    private final byte[] text;
    private final Set<String> quoted = new LinkedHashSet<>();
    private final Set<String> angled = new LinkedHashSet<>();
    private final Set<String> probedQuoted = new LinkedHashSet<>();
    private final Set<String> probedAngled = new LinkedHashSet<>();
    private final Set<String> lineFiles = new LinkedHashSet<>();
    private boolean computed;
    private boolean computedProbe;
    private final Set<IncludeScan.Clock> clocks = EnumSet.noneOf(IncludeScan.Clock.class);
    private boolean embedded;
    private boolean once;
    private int directiveEnd = -1;
    private int definedName = -1;

    private IncludeScanner(byte[] text) {
        this.text = text;
    }

    /** Scans a file's bytes. */
    public static IncludeScan scan(byte[] text) {
        return new IncludeScanner(text).scan();
    }

    private IncludeScan scan() {
        for (int i = 0; i < text.length; i += BLOCK) {
            scan(i, Math.min(text.length, i + BLOCK));
        }
        return new IncludeScan(
                list(quoted),
                list(angled),
                list(probedQuoted),
                list(probedAngled),
                list(lineFiles),
                computed,
                computedProbe,
                clocks,
                embedded,
                once);
    }

    /** Scans a block: the JVM compiles what is called often, and one long loop only when it has gone on for long. */
    private void scan(int from, int to) {
        for (int i = from; i < to; i++) {
            switch (text[i]) {
                case '#' -> directive(i + 1);
                case '%' -> {
                    if (at(i + 1) == ':') {
                        directive(i + 2);
                    }
                }
                case '?' -> {
                    if (at(i + 1) == '?' && at(i + 2) == '=') {
                        directive(i + 3);
                    }
                    embedded |= at(i + 1) == '?' && at(i + 2) == '/' && at(i + 3) == '\n';
                }
                case '_' -> reserved(i);
                case '.' -> dotted(i);
                case 'i', 'I' -> incbin(i);
                default -> {}
            }
        }
    }

    private void directive(int start) {
        int word = skipBlanks(start);
        int end = word;
        while (isWord(at(end))) {
            end++;
        }
        if (at(end) == '\\') {
            computed = true; // a directive's name broken over two lines: nobody writes that, so nothing is concluded
            return;
        }
        String name = string(word, end);
        int rest = skipBlanks(end);
        switch (name) {
            case "import" -> {
                once = true;
                include(rest);
            }
            case "include", "include_next" -> include(rest);
            case "embed" -> embedded = true;
            case "line" -> lineMarker(rest);
            case "pragma" -> pragma(rest);
            case "define" -> definedName = rest;
            default -> {
                if (!name.isEmpty() && Character.isDigit(name.charAt(0))) {
                    lineMarker(word);
                }
            }
        }
        directiveEnd = logicalLineEnd(end);
    }

    private void include(int start) {
        switch (at(start)) {
            case '"' -> embedded |= !name(start + 1, '"', quoted);
            case '<' -> embedded |= !name(start + 1, '>', angled);
            case '\n', '\r', -1 -> {}
            default -> computed |= isWord(at(start)) || at(start) == '\\';
        }
    }

    private void lineMarker(int start) {
        int i = start;
        while (Character.isDigit(at(i))) {
            i++;
        }
        i = skipBlanks(i);
        if (at(i) == '"') {
            name(i + 1, '"', lineFiles);
        } else if (isWord(at(i))) {
            lineFiles.add("(a macro)");
        }
    }

    private boolean name(int start, char close, Set<String> target) {
        int end = start;
        while (end < text.length && text[end] != close && text[end] != '\n') {
            end++;
        }
        if (end == text.length || text[end] == '\n' || end == start) {
            return false;
        }
        target.add(string(start, end));
        return true;
    }

    private void reserved(int start) {
        int next = at(start + 1);
        if ((next != '_' && next != 'P') || isWord(at(start - 1))) {
            return;
        }
        if (matches(start, HAS_INCLUDE)) {
            hasInclude(start);
        } else if (matches(start, HAS_EMBED)) {
            embedded |= start < directiveEnd && start != definedName;
        } else if (matches(start, PRAGMA)) {
            embedded |= near(start, "dependency") || near(start, "include_alias");
        } else {
            clock(start, DATE, IncludeScan.Clock.DATE);
            clock(start, TIME, IncludeScan.Clock.TIME);
            clock(start, TIMESTAMP, IncludeScan.Clock.TIMESTAMP);
        }
    }

    private void clock(int start, byte[] macro, IncludeScan.Clock clock) {
        if (isPartOf(start, macro)) {
            clocks.add(clock);
        }
    }

    private void hasInclude(int start) {
        int end = start;
        while (isWord(at(end))) {
            end++;
        }
        if (start == definedName) {
            return;
        }
        int open = skipBlanks(end);
        boolean inDirective = start < directiveEnd;
        if (at(open) != '(') {
            computedProbe |= inDirective && definedName >= 0 && definedName < start && isInDefinition(start);
            return;
        }
        int name = skipBlanks(open + 1);
        boolean literal = switch (at(name)) {
            case '"' -> name(name + 1, '"', probedQuoted);
            case '<' -> name(name + 1, '>', probedAngled);
            default -> false;
        };
        computedProbe |= !literal;
    }

    /** Whether the directive around a position is the last {@code #define} seen. */
    private boolean isInDefinition(int position) {
        return logicalLineEnd(definedName) > position;
    }

    private void pragma(int start) {
        once |= near(start, "once");
        embedded |= near(start, "dependency") || near(start, "include_alias") || near(start, "pch_preprocess");
    }

    private boolean near(int start, String word) {
        int end = Math.min(text.length, start + NEAR);
        String line = string(Math.min(start, end), end);
        return line.contains(word);
    }

    /**
     * {@code .incbin} and {@code .include} of assembler, in text of its own or in strings, in any case, also when the
     * word is put together by the assembler's macros, the preprocessor, or from adjacent strings.
     */
    private void dotted(int start) {
        if (!matchesAnyCase(start, "inc")) {
            return;
        }
        int end = start + 4;
        while (isWord(at(end))) {
            end++;
        }
        int rest = skipSpaces(end);
        boolean adjacent = at(end) == '"' && at(skipSpaces(end + 1)) == '"';
        boolean put = at(end) == '\\' || (at(end) == '#' && at(end + 1) == '#');
        boolean include = end == start + 8 && matchesAnyCase(start, "include");
        embedded |= adjacent || put || (include && (at(rest) == '"' || at(rest) == '\\'));
    }

    /** {@code incbin} is written for one purpose only, so it is enough that the word occurs. */
    private void incbin(int start) {
        if ((at(start + 1) | 0x20) == 'n') {
            embedded |= matchesAnyCase(start - 1, "incbin");
        }
    }

    private int skipSpaces(int start) {
        int i = start;
        while (at(i) == ' ' || at(i) == '\t' || at(i) == '\n' || at(i) == '\r') {
            i++;
        }
        return i;
    }

    /** Whether a lower-case word stands after the character at {@code start}. */
    private boolean matchesAnyCase(int start, String word) {
        for (int i = 0; i < word.length(); i++) {
            if ((at(start + 1 + i) | 0x20) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Skips white space within a line, comments, and line ends after a backslash. */
    private int skipBlanks(int start) {
        int i = start;
        while (true) {
            int c = at(i);
            if (c == ' ' || c == '\t' || c == 0x0b || c == 0x0c) {
                i++;
            } else if (c == '\\' && at(i + 1) == '\n') {
                i += 2;
            } else if (c == '\\' && at(i + 1) == '\r' && at(i + 2) == '\n') {
                i += 3;
            } else if (c == '/' && at(i + 1) == '*') {
                i += 2;
                while (i < text.length && !(at(i) == '*' && at(i + 1) == '/')) {
                    i++;
                }
                i += 2;
            } else {
                return i;
            }
        }
    }

    private int logicalLineEnd(int start) {
        int i = start;
        while (i < text.length) {
            if (text[i] == '\n' && at(i - 1) != '\\' && !(at(i - 1) == '\r' && at(i - 2) == '\\')) {
                return i;
            }
            i++;
        }
        return text.length;
    }

    /** Whether the word here is the given one, or its beginning where the preprocessor may put the rest to it. */
    private boolean isPartOf(int start, byte[] word) {
        int length = 0;
        while (isWord(at(start + length))) {
            length++;
        }
        if (length < SHORTEST_PART || length > word.length) {
            return false;
        }
        int next = at(start + length);
        if (length < word.length && next != ',' && next != '\\' && next != '#') {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text[start + i] != word[i]) {
                return false;
            }
        }
        return true;
    }

    private boolean matches(int start, byte[] word) {
        if (start + word.length > text.length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if (text[start + i] != word[i]) {
                return false;
            }
        }
        return true;
    }

    private int at(int index) {
        return index >= 0 && index < text.length ? text[index] : -1;
    }

    private String string(int start, int end) {
        return new String(text, start, end - start, StandardCharsets.ISO_8859_1);
    }

    private static boolean isWord(int c) {
        return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    private static List<String> list(Set<String> names) {
        return List.copyOf(names);
    }

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }
}
