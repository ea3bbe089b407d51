package dev.cairn.wrapper.pipeline;

import dev.cairn.wrapper.family.Paths;
import dev.cairn.wrapper.family.Word;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The directories whose names differ between checkouts that are otherwise equal, and the tokens that stand for them in
 * keys and in what is stored. A token is a NUL and a letter, which no path and no argument can hold. Immutable.
 */
final class Roots {
    /** No directory: everything stands in keys as it was written. */
    static final Roots NONE = new Roots(List.of());

    /** Characters that a depfile escapes, that end the first half of a mapping, or that break lines. */
    private static final Pattern AWKWARD = Pattern.compile("[\\x00-\\x20#$:\\\\%=\"'*?\\[\\];|&<>()`~\\x7f]");

    private static final Pattern COLOUR_END = Pattern.compile("\\e\\[[0-9;]*[A-Za-z]$");
    private static final int LONGEST_COLOUR = 16;

    private final List<Root> roots;

    /**
     * One directory.
     *
     * @param path as arguments begin with it: absolute, or relative to the working directory
     * @param letter what stands for it
     * @param isDirectory whether it is the working directory itself
     */
    record Root(String path, char letter, boolean isDirectory) {
        String token() {
            return "\0" + letter;
        }

        boolean begins(String path) {
            return Paths.isWithin(path, this.path);
        }
    }

    private Roots(List<Root> roots) {
        this.roots = roots;
    }

    /** Makes a set; of equal paths the first counts. */
    static Roots of(List<Root> roots) {
        List<Root> distinct = new ArrayList<>();
        for (Root root : roots) {
            if (distinct.stream().noneMatch(known -> known.path().equals(root.path()))) {
                distinct.add(root);
            }
        }
        distinct.sort(
                Comparator.comparingInt((Root root) -> root.path().length()).reversed());
        return new Roots(List.copyOf(distinct));
    }

    List<Root> all() {
        return roots;
    }

    boolean isEmpty() {
        return roots.isEmpty();
    }

    /** Returns a directory whose name cannot be mapped, or that is the whole file system. */
    Optional<String> awkward() {
        return roots.stream()
                .map(Root::path)
                .filter(path -> path.equals("/") || AWKWARD.matcher(path).find())
                .findFirst();
    }

    /** Returns the directories as one text: equal exactly for sets that stand for the same places. */
    String identity() {
        StringBuilder text = new StringBuilder();
        roots.forEach(root ->
                text.append(root.letter()).append('=').append(root.path()).append('\n'));
        return text.toString();
    }

    /** Puts a token in place of a directory at the beginning of a path. */
    String normalise(String path) {
        for (Root root : roots) {
            if (root.begins(path)) {
                return root.token() + path.substring(root.path().length());
            }
        }
        return path;
    }

    /** Puts a token into an argument that has a path in it. */
    String normalise(Word word) {
        if (word.start() < 0) {
            return word.text();
        }
        return word.text().substring(0, word.start())
                + normalise(word.text().substring(word.start(), word.end()))
                + word.text().substring(word.end());
    }

    /** Undoes {@link #normalise(String)}. */
    String expand(String path) {
        if (!path.startsWith("\0")) {
            return path;
        }
        for (Root root : roots) {
            if (path.startsWith(root.token())) {
                return root.path() + path.substring(2);
            }
        }
        return path;
    }

    /**
     * Puts tokens into a text wherever a directory's name begins a path.
     *
     * @param text one char per byte
     * @return empty when the text holds such a name otherwise, or a NUL
     */
    Optional<String> normaliseText(String text) {
        if (text.indexOf('\0') >= 0) {
            return Optional.empty();
        }
        String result = text;
        for (Root root : roots) {
            Optional<String> replaced = normaliseText(result, root);
            if (replaced.isEmpty()) {
                return Optional.empty();
            }
            result = replaced.get();
        }
        return Optional.of(result);
    }

    private static Optional<String> normaliseText(String text, Root root) {
        StringBuilder result = new StringBuilder();
        int from = 0;
        for (int at = text.indexOf(root.path()); at >= 0; at = text.indexOf(root.path(), from)) {
            int end = at + root.path().length();
            boolean longer = end < text.length() && isPathCharacter(text.charAt(end)) && text.charAt(end) != '/';
            if (!beginsPath(text, at)) {
                return Optional.empty();
            }
            result.append(text, from, at).append(longer ? root.path() : root.token());
            from = end;
        }
        return Optional.of(result.append(text.substring(from)).toString());
    }

    private static boolean beginsPath(String text, int at) {
        if (at == 0 || !isPathCharacter(text.charAt(at - 1))) {
            return true;
        }
        return COLOUR_END
                .matcher(text.substring(Math.max(0, at - LONGEST_COLOUR), at))
                .find();
    }

    /** The last bytes of the quotes that GCC puts around names in UTF-8 are none. */
    private static boolean isPathCharacter(char c) {
        boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        boolean foreign = c >= 0x80 && c != 0x98 && c != 0x99;
        return letter || foreign || "/._-+~@%".indexOf(c) >= 0;
    }

    /** Undoes {@link #normaliseText}. */
    String expandText(String text) {
        String result = text;
        for (Root root : roots) {
            result = result.replace(root.token(), root.path());
        }
        return result;
    }

    /** Returns the names to look for where none of them may be. */
    List<String> names() {
        return roots.stream().map(Root::path).toList();
    }

    /** Whether a path begins with a directory's name without being below it, and is mapped all the same. */
    boolean mapsByAccident(String path) {
        return roots.stream()
                .anyMatch(root -> root.isDirectory() && path.startsWith(root.path()) && !root.begins(path));
    }

    /**
     * Returns the arguments that make a compiler write {@code .} for each directory. The compilers compare beginnings only,
     * and a later rule wins: the longest name comes last.
     */
    List<String> mapArguments() {
        return roots.reversed().stream()
                .map(root -> "-ffile-prefix-map=" + (root.isDirectory() ? root.path() + "=." : root.path() + "/=./"))
                .toList();
    }
}
