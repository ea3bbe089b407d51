package dev.cairn.wrapper.family;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** Reads the Make rules that GCC and Clang write for {@code -MD} and {@code -M}. Not thread-safe. */
public final class DependencyList {
    private final String text;
    private int at;

    private DependencyList(String text) {
        this.text = text;
    }

    /**
     * Returns the prerequisites of each rule that has some, in order, each once.
     *
     * @param text one char per byte
     * @return empty when these are no such rules, so that nothing may be concluded from them
     */
    public static List<List<String>> parse(String text) {
        DependencyList list = new DependencyList(text);
        List<List<String>> rules = new ArrayList<>();
        while (list.at < text.length()) {
            List<String> words = new ArrayList<>();
            if (list.rule(words) && !words.isEmpty()) {
                rules.add(List.copyOf(new LinkedHashSet<>(words)));
            }
        }
        return rules;
    }

    /** Collects the prerequisites of the next rule; returns whether there was a colon. */
    private boolean rule(List<String> words) {
        boolean colon = false;
        StringBuilder word = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at);
            char next = at + 1 < text.length() ? text.charAt(at + 1) : '\n';
            if (c == '\\' && next == '\n') {
                endWord(word, words, colon);
                at += 2;
            } else if (c == '\\' && (next == ' ' || next == '#' || (next == '\\' && isEscapeRun(at)))) {
                word.append(next);
                at += 2;
            } else if (c == '$' && next == '$') {
                word.append('$');
                at += 2;
            } else if (c == '\n') {
                endWord(word, words, colon);
                at++;
                return colon;
            } else if (c == ' ' || c == '\t') {
                endWord(word, words, colon);
                at++;
            } else if (c == ':' && !colon && (next == ' ' || next == '\n' || next == '\t' || next == '\\')) {
                word.setLength(0);
                colon = true;
                at++;
            } else {
                word.append(c);
                at++;
            }
        }
        endWord(word, words, colon);
        return colon;
    }

    /** Backslashes are doubled only where they stand before a space (GCC mkdeps.cc, munge). */
    private boolean isEscapeRun(int start) {
        int i = start;
        while (i < text.length() && text.charAt(i) == '\\') {
            i++;
        }
        return i < text.length() && text.charAt(i) == ' ' && (i - start) % 2 == 1 && i - start > 1;
    }

    private static void endWord(StringBuilder word, List<String> words, boolean colon) {
        if (!word.isEmpty() && colon) {
            words.add(word.toString());
        }
        word.setLength(0);
    }
}
