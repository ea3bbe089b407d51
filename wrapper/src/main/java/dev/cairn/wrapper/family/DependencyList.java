package dev.cairn.wrapper.family;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the Make rules that GCC and Clang write for {@code -MD}. Stateless. */
public final class DependencyList {
    private DependencyList() {}

    /**
     * Returns the prerequisites of the first rule, in order, each once.
     *
     * @param text one char per byte
     * @return empty when this is not such a rule, so that nothing may be concluded from it
     */
    public static Optional<List<String>> parse(String text) {
        List<String> words = new ArrayList<>();
        int colon = firstRule(text, words);
        return colon < 0 ? Optional.empty() : Optional.of(List.copyOf(dedupe(words)));
    }

    private static Set<String> dedupe(List<String> words) {
        return new LinkedHashSet<>(words);
    }

    /** Collects the prerequisites of the first rule; returns the colon's position, or -1. */
    private static int firstRule(String text, List<String> words) {
        int colon = -1;
        StringBuilder word = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            char next = i + 1 < text.length() ? text.charAt(i + 1) : '\n';
            if (c == '\\' && next == '\n') {
                endWord(word, words, colon);
                i += 2;
            } else if (c == '\\' && (next == ' ' || next == '#' || (next == '\\' && isEscapeRun(text, i)))) {
                word.append(next);
                i += 2;
            } else if (c == '$' && next == '$') {
                word.append('$');
                i += 2;
            } else if (c == '\n') {
                endWord(word, words, colon);
                if (colon >= 0) {
                    return colon;
                }
                i++;
            } else if (c == ' ' || c == '\t') {
                endWord(word, words, colon);
                i++;
            } else if (c == ':' && colon < 0 && (next == ' ' || next == '\n' || next == '\t' || next == '\\')) {
                word.setLength(0);
                colon = i++;
            } else {
                word.append(c);
                i++;
            }
        }
        endWord(word, words, colon);
        return colon;
    }

    /** Backslashes are doubled only where they stand before a space (GCC mkdeps.cc, munge). */
    private static boolean isEscapeRun(String text, int start) {
        int i = start;
        while (i < text.length() && text.charAt(i) == '\\') {
            i++;
        }
        return i < text.length() && text.charAt(i) == ' ' && (i - start) % 2 == 1 && i - start > 1;
    }

    private static void endWord(StringBuilder word, List<String> words, int colon) {
        if (!word.isEmpty() && colon >= 0) {
            words.add(word.toString());
        }
        word.setLength(0);
    }
}
