package dev.cairn.wrapper.daemon;

import java.nio.charset.StandardCharsets;

/** Turns the byte strings of requests into text for people and back. Stateless. */
final class Text {
    private Text() {}

    /** Returns the bytes read as UTF-8, with U+FFFD for what is not. */
    static String display(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** Returns the bytes of a text in UTF-8, one char per byte. */
    static String fromDisplay(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
