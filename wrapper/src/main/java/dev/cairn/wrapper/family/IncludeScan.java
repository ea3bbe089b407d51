package dev.cairn.wrapper.family;

import java.util.List;
import java.util.Set;

/**
 * What a file's bytes say about other files, found without preprocessing, so it may say too much but not too little.
 * Immutable.
 *
 * @param quoted names in quotes after include directives
 * @param angled names in angle brackets after include directives
 * @param probedQuoted names in quotes asked for by {@code __has_include}
 * @param probedAngled names in angle brackets asked for by {@code __has_include}
 * @param lineFiles files named by {@code #line} or line markers
 * @param computed whether an include's name comes from a macro
 * @param computedProbe whether the name of a {@code __has_include} may come from a macro
 * @param clocks which of {@code __DATE__}, {@code __TIME__} and {@code __TIMESTAMP__} may occur
 * @param once whether {@code #pragma once} or {@code #import} occurs: compilers then compare files, also by their times
 * @param embedded whether another file's bytes may be taken in by {@code .incbin}, {@code #embed} and the like
 */
public record IncludeScan(
        List<String> quoted,
        List<String> angled,
        List<String> probedQuoted,
        List<String> probedAngled,
        List<String> lineFiles,
        boolean computed,
        boolean computedProbe,
        Set<Clock> clocks,
        boolean embedded,
        boolean once) {
    /** What a time macro tells. */
    public enum Clock {
        /** The day. */
        DATE,
        /** The time of day. */
        TIME,
        /** When the file was last changed. */
        TIMESTAMP
    }

    public IncludeScan {
        clocks = Set.copyOf(clocks);
        quoted = List.copyOf(quoted);
        angled = List.copyOf(angled);
        probedQuoted = List.copyOf(probedQuoted);
        probedAngled = List.copyOf(probedAngled);
        lineFiles = List.copyOf(lineFiles);
    }
}
