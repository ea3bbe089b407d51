package dev.cairn.wrapper.family;

/**
 * One argument as it enters the key.
 *
 * @param text as written
 * @param start where in the text a path begins that the compiler takes as one; -1 for none
 * @param end where that path ends
 */
public record Word(String text, int start, int end) {
    static Word plain(String text) {
        return new Word(text, -1, -1);
    }

    /** An argument that ends in a path. */
    static Word path(String text, int start) {
        return new Word(text, start, text.length());
    }

    /** An argument that ends in {@code old=new}; the old path is one. */
    static Word mapping(String text, int start) {
        int equals = text.indexOf('=', start);
        return equals < 0 ? plain(text) : new Word(text, start, equals);
    }
}
