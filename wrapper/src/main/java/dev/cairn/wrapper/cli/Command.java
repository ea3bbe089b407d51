package dev.cairn.wrapper.cli;

import picocli.CommandLine.ParseResult;

/** One command's work. */
interface Command {
    /**
     * Does it.
     *
     * @return what to exit with, an {@link ExitCode}
     */
    int run(ParseResult options, Surroundings surroundings);
}
