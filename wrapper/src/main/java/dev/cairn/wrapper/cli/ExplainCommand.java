package dev.cairn.wrapper.cli;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Says why an output was compiled, delivered or left alone. */
final class ExplainCommand implements Command {
    @Override
    public int run(ParseResult options, Surroundings surroundings) {
        Terminal terminal = surroundings.terminal();
        boolean last = Subcommand.Option.LAST.isIn(options);
        Optional<String> file = Optional.ofNullable(options.<String>matchedPositionalValue(0, null));
        if (last == file.isPresent()) {
            terminal.error("explain takes either an output file or --last; see: cairn help explain");
            return ExitCode.USAGE;
        }
        Map<String, ?> fields = file.<Map<String, ?>>map(name -> Map.of(
                        "output",
                        surroundings
                                .workingDirectory()
                                .resolve(name)
                                .normalize()
                                .toString()))
                .orElse(Map.of("last", true));
        Optional<ObjectNode> reply = surroundings.daemon().askStarting("explain", fields, DaemonClient.DEFAULT_BOUND);
        if (reply.isEmpty()) {
            return ExitCode.FAILED;
        }
        boolean found = reply.get().path("found").asBoolean(false);
        if (Subcommand.Option.JSON.isIn(options)) {
            terminal.json(reply.get());
        } else if (found) {
            print(reply.get().path("event"), terminal);
        } else {
            terminal.error(file.map(name -> "nothing is remembered about " + Json.printable(name)
                            + "; name an output (foo.o) that was compiled through Cairn")
                    .orElse("no compilation is remembered"));
        }
        return found ? ExitCode.OK : ExitCode.FAILED;
    }

    private static void print(JsonNode event, Terminal terminal) {
        String outcome = Json.text(event, "outcome");
        String reason = Json.text(event, "reason");
        String tier = Json.text(event, "tier");
        terminal.line(terminal.strong(outcome)
                + (tier.isEmpty() ? "" : " from " + tier)
                + (reason.isEmpty() ? "" : ", " + reason)
                + Reasons.explanation(reason).map(text -> ": " + text).orElse(""));
        event.path("details")
                .valueStream()
                .forEach(detail -> terminal.line("  " + Json.printable(detail.asString(""))));
        String notStored = Json.text(event, "not_stored_reason");
        if (!notStored.isEmpty()) {
            terminal.line("not stored, " + notStored
                    + Reasons.explanation(notStored).map(text -> ": " + text).orElse(""));
        }
        terminal.line("");
        terminal.line("time        " + Quantities.time(Json.number(event, "time")));
        field("output", Json.text(event, "output"), terminal);
        field("source", Json.text(event, "source"), terminal);
        field("directory", Json.text(event, "directory"), terminal);
        field("compiler", Json.text(event, "compiler"), terminal);
        field("arguments", arguments(event.path("arguments")), terminal);
        field("context", Json.text(event, "context_key"), terminal);
        field("artifact", Json.text(event, "artifact_key"), terminal);
        field("exit code", Json.text(event, "exit_code"), terminal);
        field("phases", phases(event.path("phases")), terminal);
    }

    private static void field(String name, String value, Terminal terminal) {
        if (!value.isEmpty()) {
            terminal.line(terminal.faint(String.format(Locale.ROOT, "%-12s", name)) + value);
        }
    }

    /** A list or one text; both are shown as one line. */
    private static String arguments(JsonNode arguments) {
        return arguments.isArray()
                ? arguments
                        .valueStream()
                        .map(argument -> Json.printable(argument.asString("")))
                        .collect(Collectors.joining(" "))
                : Json.printable(arguments.asString(""));
    }

    private static String phases(JsonNode phases) {
        return phases.propertyStream()
                .map(phase -> Json.printable(phase.getKey()) + " "
                        + Quantities.micros(phase.getValue().asLong(0)))
                .collect(Collectors.joining(", "));
    }
}
