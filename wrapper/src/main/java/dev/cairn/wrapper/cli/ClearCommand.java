package dev.cairn.wrapper.cli;

import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.ParseResult;

/** Removes what is stored. */
final class ClearCommand implements Command {
    /** Removing some hundred thousand files takes longer than other questions. */
    private static final Duration BOUND = Duration.ofMinutes(10);

    @Override
    public int run(ParseResult options, Surroundings surroundings) {
        return surroundings
                .daemon()
                .askStarting("clear", Map.of(), BOUND)
                .map(removed -> {
                    surroundings
                            .terminal()
                            .line("Removed " + Quantities.count(Json.number(removed, "artifacts")) + " results, "
                                    + Quantities.bytes(Json.number(removed, "bytes")));
                    return ExitCode.OK;
                })
                .orElse(ExitCode.FAILED);
    }
}
