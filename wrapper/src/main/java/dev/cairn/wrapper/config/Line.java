package dev.cairn.wrapper.config;

/** Foreign text made fit for the middle of one line of a message. */
final class Line {
    private static final int LONGEST = 200;

    private Line() {}

    /** Returns the text with every control character replaced, cut when it is too long. */
    static String of(String text) {
        String clean = text.replaceAll("\\p{Cntrl}+", "?");
        return clean.length() <= LONGEST ? clean : clean.substring(0, LONGEST) + "...";
    }
}
