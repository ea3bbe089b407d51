package dev.cairn.remote;

import java.util.regex.Pattern;

/**
 * Limits of what is believed, whoever wrote it. Immutable.
 *
 * @param body bytes of a bundle as it is stored
 * @param plain bytes of a bundle's content
 * @param text bytes of stdout, and of stderr
 */
record FormatLimits(long body, long plain, int text) {
    static final FormatLimits DEFAULT = new FormatLimits(2L << 30, 4L << 30, 4 << 20);

    static final int OUTPUTS = 256;
    static final int ENTRIES = 32;
    static final int ENTRY = 1 << 20;
    static final int MANIFEST = 4 << 20;
    static final int MANIFEST_PLAIN = 8 << 20;

    /** The largest window that a compressed body may ask memory for, as a power of two. */
    static final int WINDOW = 23;

    /** A word of a family: no separator, no dot at the beginning, so that it can never name a place. */
    static final Pattern ROLE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+:-]{0,99}");

    /** Up to here, any ratio of compression; above, contents that shrink more are stored as they are. */
    private static final long SMALL = 64L << 20;

    private static final long RATIO = 1000;

    /** Whether a body may expand that much. */
    boolean allows(long bodyBytes, long plainBytes) {
        return bodyBytes >= 0
                && plainBytes >= 0
                && bodyBytes <= body
                && plainBytes <= plain
                && (plainBytes <= SMALL || plainBytes / RATIO <= bodyBytes);
    }
}
