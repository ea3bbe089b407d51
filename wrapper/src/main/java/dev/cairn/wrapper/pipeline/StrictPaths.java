package dev.cairn.wrapper.pipeline;

import dev.cairn.wrapper.config.Settings;
import dev.cairn.wrapper.family.CommandLine;
import dev.cairn.wrapper.family.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Refuses command lines whose paths are not spelled as the user wants them, so that it is noticed. Stateless. */
final class StrictPaths {
    private StrictPaths() {}

    /** Returns the first path that is spelled otherwise. */
    static Optional<Refusal> refuse(Settings.StrictPaths mode, CommandLine line, String source) {
        List<String> paths = new ArrayList<>(List.of(source));
        paths.addAll(line.searched());
        paths.addAll(line.forced());
        paths.addAll(line.inputs());
        return switch (mode) {
            case OFF -> Optional.empty();
            case ABSOLUTE -> first(paths, path -> !path.startsWith("/") || hasDots(path));
            case CONSISTENT -> first(paths, path -> path.startsWith("/") != source.startsWith("/") && !isSystem(path));
        };
    }

    private static Optional<Refusal> first(List<String> paths, Predicate<String> wrong) {
        return paths.stream()
                .filter(wrong)
                .map(path -> new Refusal("strict_paths", path))
                .findFirst();
    }

    /** Directories outside any checkout are spelled absolute by everybody. */
    private static boolean isSystem(String path) {
        return path.startsWith("/usr/") || path.startsWith("/opt/");
    }

    private static boolean hasDots(String path) {
        for (String part : path.split("/", -1)) {
            if (part.equals(".") || part.equals("..")) {
                return true;
            }
        }
        return false;
    }
}
