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
        BOUND,
        PROBE,
        SEARCH,
        QUOTE,
        FORCED,
        INPUT,
        MODULE,
        NATIVE,
        MAP,
        OBJECT,
        ASSEMBLY,
        LLVM,
        OUTPUT,
        LANGUAGE,
        TARGET,
        DEPEND_FILE,
        DEPEND_ALL,
        DEPEND_USER,
        DEPEND_TEXT,
        SPLIT_DWARF,
        COVERAGE,
        STACK_USAGE,
        CALLGRAPH,
        LTO,
        NO_LTO,
        XCLANG,
        MLLVM,
        END,
        REFUSED
    }

    /** Whether the value, given this argument, is the next argument. */
    boolean takesNext(String argument) {
        return form == Form.NEXT || (form == Form.EITHER && argument.equals(text));
    }
}
