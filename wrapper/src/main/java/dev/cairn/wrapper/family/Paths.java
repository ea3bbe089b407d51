package dev.cairn.wrapper.family;

/** Paths as texts: absolute, one char per byte, without a slash at the end. */
public final class Paths {
    private Paths() {}

    /** Whether a path is that of a directory or of something below it, by its text alone. */
    public static boolean isWithin(String path, String directory) {
        return path.startsWith(directory)
                && (path.length() == directory.length() || path.charAt(directory.length()) == '/');
    }
}
