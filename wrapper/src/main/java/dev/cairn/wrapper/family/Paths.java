package dev.cairn.wrapper.family;

import java.io.IOException;
import java.nio.file.Path;

/** Paths as texts: absolute, one char per byte, without a slash at the end. */
public final class Paths {
    private Paths() {}

    /** Whether a path is that of a directory or of something below it, by its text alone. */
    public static boolean isWithin(String path, String directory) {
        return path.startsWith(directory)
                && (path.length() == directory.length() || path.charAt(directory.length()) == '/');
    }

    /** Returns a path with its links followed; as it is where that can't be. */
    public static String real(String path) {
        try {
            return Path.of(path).toRealPath().toString();
        } catch (IOException e) {
            return path;
        }
    }
}
