package dev.cairn.cache;

/**
 * Files that are held open, so that looking at them again costs less: {@code held.c} says which, and when one is asked in place of its
 * name. Nothing else is to be done about them than to let them go in time. Thread-safe.
 */
public final class HeldFiles {
    private HeldFiles() {}

    /** Closes those whose directories have changed, so that of what was removed nothing stays. */
    public static void tidy() {
        SmallLibrary.heldTidy(false);
    }

    /** Closes all; who looks at them again opens them again. */
    public static void release() {
        SmallLibrary.heldTidy(true);
    }

    /** Returns how many looks they answered in place of their names. */
    static long answers() {
        return SmallLibrary.heldAnswers();
    }
}
