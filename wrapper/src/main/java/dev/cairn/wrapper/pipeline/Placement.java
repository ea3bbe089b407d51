package dev.cairn.wrapper.pipeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.wrapper.protocol.Finished;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Judges whether what a mapped compilation made may be used in every checkout: nothing of it, and nothing of what it read,
 * may name the checkout in a way that the mapping does not reach. Thread-safe.
 */
final class Placement {
    private static final long MOST_ANSWERS = 200_000;

    private record Question(Digest content, String places) {}

    private final Cache<Question, Boolean> answers = Caffeine.newBuilder()
            .executor(Runnable::run)
            .maximumSize(MOST_ANSWERS)
            .build();

    /**
     * Returns why an entry is good for this place only; empty when it may be used anywhere.
     *
     * @param entry with the paths of this checkout
     * @param outputs absolute paths of the outputs that are stored as they are
     */
    Optional<String> bound(Context context, ManifestEntry entry, List<String> outputs, Finished finished)
            throws IOException, Doubt {
        Roots roots = context.roots();
        if (roots.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> accident = accident(roots, context, entry);
        if (accident.isPresent()) {
            return accident;
        }
        if (wrapsMessages(context) && (finished.stdout().length > 0 || finished.stderr().length > 0)) {
            return Optional.of("messages are broken into lines by the lengths of paths");
        }
        if (roots.normaliseText(text(finished.stdout())).isEmpty()
                || roots.normaliseText(text(finished.stderr())).isEmpty()) {
            return Optional.of("a message names the checkout");
        }
        for (String output : outputs) {
            if (names(roots, Files.readAllBytes(Path.of(output)))) {
                return Optional.of(output);
            }
        }
        return input(context, entry);
    }

    private static Optional<String> accident(Roots roots, Context context, ManifestEntry entry) {
        if (roots.mapsByAccident(context.absolute(context.compilation().source()))) {
            return Optional.of(context.compilation().source());
        }
        return entry.inputs().stream()
                .map(ManifestEntry.Input::path)
                .filter(path -> roots.mapsByAccident(path))
                .findFirst();
    }

    /** A file whose own text names the checkout may have led to another file, or to a message, by that name. */
    private Optional<String> input(Context context, ManifestEntry entry) throws IOException, Doubt {
        if (names(context, context.compilation().source(), context.source())) {
            return Optional.of(context.compilation().source());
        }
        for (ManifestEntry.Input input : entry.inputs()) {
            if (names(context, input.path(), input.content())) {
                return Optional.of(input.path());
            }
        }
        return Optional.empty();
    }

    /** Looks at the source while it is there; the answer is remembered by its content. */
    void lookAtSource(Context context) throws IOException, Doubt {
        if (!context.roots().isEmpty()) {
            names(context, context.compilation().source(), context.source());
        }
    }

    private boolean names(Context context, String path, Digest content) throws IOException, Doubt {
        Question question = new Question(content, context.roots().identity());
        Boolean known = answers.getIfPresent(question);
        if (known == null) {
            byte[] bytes = Files.readAllBytes(Path.of(context.absolute(path)));
            if (!Hasher.content(bytes).equals(content)) {
                throw new Doubt("input_changed", path);
            }
            known = names(context.roots(), bytes);
            answers.put(question, known);
        }
        return known;
    }

    private static boolean names(Roots roots, byte[] bytes) {
        return roots.names().stream().anyMatch(name -> contains(bytes, name.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** Horspool's search. */
    static boolean contains(byte[] text, byte[] word) {
        int[] shift = new int[256];
        Arrays.fill(shift, word.length);
        for (int i = 0; i < word.length - 1; i++) {
            shift[word[i] & 0xff] = word.length - 1 - i;
        }
        int last = word.length - 1;
        for (int at = last; at < text.length; at += shift[text[at] & 0xff]) {
            int i = last;
            while (i >= 0 && text[at - last + i] == word[i]) {
                i--;
            }
            if (i < 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean wrapsMessages(Context context) {
        return context.compilation().line().wrapsMessages() || context.request().stderrTerminal();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
