package dev.cairn.wrapper.config;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The names that mean something, and the one that a misspelt name was probably meant to be. */
final class KnownNames {
    /** Names the settings file. */
    static final String CONFIG = "CAIRN_CONFIG";

    /** Variables that others read: the launcher's cache directory, its mark on the compilers it runs. */
    static final Set<String> OF_OTHERS = Set.of("CAIRN_DIR", "CAIRN_INNER");

    static final List<String> KEYS =
            Setting.ALL.stream().<String>map(Setting::key).toList();

    static final List<String> VARIABLES = Stream.concat(
                    Setting.ALL.stream().<String>map(Setting::variable), Stream.of(CONFIG, "CAIRN_DIR"))
            .toList();

    private static final int FARTHEST = 3;

    private KnownNames() {}

    /** Returns the known name that is fewest single-character edits away, at most three. */
    static Optional<String> nearest(String name, List<String> known) {
        return known.stream()
                .filter(candidate -> distance(name, candidate) <= FARTHEST)
                .min(Comparator.comparingInt(candidate -> distance(name, candidate)));
    }

    /** Levenshtein distance, row by row. */
    private static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > FARTHEST) {
            return FARTHEST + 1;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
