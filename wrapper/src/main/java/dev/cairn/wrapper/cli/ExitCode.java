package dev.cairn.wrapper.cli;

/** What the commands exit with; part of the manual. */
final class ExitCode {
    static final int OK = 0;
    /** The operation failed, or a check found something wrong. */
    static final int FAILED = 1;
    /** The command line was not understood. */
    static final int USAGE = 2;
    /** No daemon runs; only {@code status}. */
    static final int NO_DAEMON = 3;

    private ExitCode() {}
}
