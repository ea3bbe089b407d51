package dev.cairn.wrapper.family;

/**
 * One row of the option table.
 *
 * @param text the option, or how it begins
 * @param reason for {@link Role#REFUSED}, the word under which the invocation is passed through
 */
record Option(String text, Form form, Role role, String reason) {
    /** Where an option's value is. */
    enum Form {
        ALONE,
        NEXT,
        JOINED,
        EITHER,
        PLAIN
    }

    /** What an option means to the cache; see options.txt. */
    enum Role {
        KEY,
        PROBE,
        SEARCH,
        QUOTE,
        FORCED,
        NATIVE,
        OBJECT,
        ASSEMBLY,
        OUTPUT,
        LANGUAGE,
        DEPEND_FILE,
        DEPEND_ALL,
        DEPEND_USER,
        DEPEND_TEXT,
        REFUSED
    }
}
