package dev.cairn.wrapper.family;

import dev.cairn.cache.Hasher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Expands {@code @file} arguments as GCC (libiberty's {@code expandargv}) and Clang's GNU tokenizer do: arguments are
 * separated by white space, either quote groups, a backslash takes the next character as it is, files may name further
 * files, and an argument that names no readable file stays as it is. Not thread-safe.
 */
final class ResponseFiles {
    private static final int DEEPEST = 20;
    private static final long LARGEST = 16L << 20;

    private final String directory;
    private final List<ResponseFile> read = new ArrayList<>();

    ResponseFiles(String directory) {
        this.directory = directory;
    }

    /** Returns the files that were expanded. */
    List<ResponseFile> read() {
        return read;
    }

    /** Returns the arguments with every response file expanded; empty when one is not a regular file or nests too deep. */
    Optional<List<String>> expand(List<String> arguments) {
        List<String> expanded = new ArrayList<>(arguments.size());
        return expand(arguments, expanded, 0) ? Optional.of(expanded) : Optional.empty();
    }

    private boolean expand(List<String> arguments, List<String> target, int depth) {
        if (depth > DEEPEST) {
            return false;
        }
        for (String argument : arguments) {
            if (argument.length() < 2 || argument.charAt(0) != '@') {
                target.add(argument);
                continue;
            }
            String name = argument.substring(1);
            if (name.indexOf('\0') >= 0) {
                return false;
            }
            Path path = Path.of(name.startsWith("/") ? name : directory + "/" + name);
            if (!Files.isRegularFile(path)) {
                return false;
            }
            Optional<String> text = text(path);
            if (text.isEmpty() || !expand(split(text.get()), target, depth + 1)) {
                return false;
            }
        }
        return true;
    }

    private Optional<String> text(Path path) {
        try {
            if (Files.size(path) > LARGEST) {
                return Optional.empty();
            }
            byte[] bytes = Files.readAllBytes(path);
            read.add(new ResponseFile(path.toString(), Hasher.content(bytes)));
            return Optional.of(new String(bytes, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                word.append(text.charAt(++i));
                inWord = true;
            } else if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
                inWord = true;
            } else if (isSpace(c)) {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                    inWord = false;
                }
            } else {
                word.append(c);
                inWord = true;
            }
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }
}
