package dev.cairn.wrapper.cli;

import dev.cairn.wrapper.cli.DaemonClient.Answer;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.node.ObjectNode;

/** Shows how the uploads stand; never starts a daemon. The JSON has the same fields whether or not one runs. */
final class UploadsCommand implements Command {
    @Override
    public int run(ParseResult options, Surroundings surroundings) {
        Daemon daemon = surroundings.daemon();
        Answer answer = daemon.ask("uploads");
        boolean running = !(answer instanceof Answer.Absent);
        Optional<ObjectNode> reply = running ? daemon.replyOrError(answer) : Optional.of(none());
        if (reply.isEmpty()) {
            return ExitCode.FAILED;
        }
        Terminal terminal = surroundings.terminal();
        if (Subcommand.Option.JSON.isIn(options)) {
            terminal.json(reply.get());
        } else if (running) {
            print(reply.get(), terminal);
        } else {
            terminal.line("no daemon runs; uploads that are queued wait for the next build");
        }
        return ExitCode.OK;
    }

    private static ObjectNode none() {
        ObjectNode none = Json.object();
        List.of("queued", "done", "failed", "dropped").forEach(field -> none.put(field, 0));
        return none;
    }

    private static void print(ObjectNode uploads, Terminal terminal) {
        long done = Json.number(uploads, "done");
        long all = done + Json.number(uploads, "queued");
        if (all == 0) {
            terminal.line("nothing to upload since the daemon started");
            return;
        }
        terminal.line(Quantities.bar(done, all) + " " + Quantities.count(done) + " of " + Quantities.count(all)
                + " uploads done");
        for (String field : List.of("failed", "dropped")) {
            if (Json.number(uploads, field) > 0) {
                terminal.line(terminal.bad(Quantities.count(Json.number(uploads, field)) + " " + field)
                        + "; see: cairn status");
            }
        }
    }
}
