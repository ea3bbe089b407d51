package dev.cairn.wrapper.cli;

import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.node.ObjectNode;

/** Shows the counters, or sets them to zero. */
final class StatsCommand implements Command {
    @Override
    public int run(ParseResult options, Surroundings surroundings) {
        boolean zero = Subcommand.Option.ZERO.isIn(options);
        Optional<ObjectNode> reply =
                surroundings.daemon().askStarting(zero ? "zero" : "stats", Map.of(), DaemonClient.DEFAULT_BOUND);
        if (reply.isEmpty()) {
            return ExitCode.FAILED;
        }
        Terminal terminal = surroundings.terminal();
        if (Subcommand.Option.JSON.isIn(options)) {
            terminal.json(reply.get());
        } else if (zero) {
            terminal.line("Counters set to zero");
        } else {
            new StatsReport(reply.get(), terminal).print();
        }
        return ExitCode.OK;
    }
}
