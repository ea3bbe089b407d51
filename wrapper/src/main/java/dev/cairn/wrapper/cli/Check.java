package dev.cairn.wrapper.cli;

import java.util.Locale;
import java.util.Optional;

/**
 * What {@code cairn doctor} found about one thing.
 *
 * @param name what was looked at
 * @param finding one line
 * @param advice what to do about it, one line
 */
record Check(String name, Level level, String finding, Optional<String> advice) {
    /** How bad it is: WARN costs time or hits, FAIL keeps Cairn from working. */
    enum Level {
        OK,
        WARN,
        FAIL;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Check ok(String name, String finding) {
        return new Check(name, Level.OK, finding, Optional.empty());
    }

    static Check warn(String name, String finding, String advice) {
        return new Check(name, Level.WARN, finding, Optional.of(advice));
    }

    static Check fail(String name, String finding, String advice) {
        return new Check(name, Level.FAIL, finding, Optional.of(advice));
    }
}
