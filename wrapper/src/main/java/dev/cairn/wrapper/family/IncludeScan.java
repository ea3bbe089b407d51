package dev.cairn.wrapper.family;

import java.util.List;

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
 * @param timeMacro whether {@code __DATE__}, {@code __TIME__} or {@code __TIMESTAMP__} occurs
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
        boolean timeMacro,
        boolean embedded,
        boolean once) {
    public IncludeScan {
        quoted = List.copyOf(quoted);
        angled = List.copyOf(angled);
        probedQuoted = List.copyOf(probedQuoted);
        probedAngled = List.copyOf(probedAngled);
        lineFiles = List.copyOf(lineFiles);
    }
}
