package dev.cairn.wrapper.pipeline;

/** What an output of a compilation is for, as stored with it. */
final class Roles {
    /** The object or assembly. */
    static final String MAIN = "main";

    /** The dependency file that the user asked for. */
    static final String DEPFILE = "depfile";

    private Roles() {}
}
