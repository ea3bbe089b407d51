package dev.cairn.wrapper.cli;

import dev.cairn.remote.ProviderVariables;
import dev.cairn.wrapper.config.Sizes;
import dev.cairn.wrapper.pipeline.BuildName;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Has the daemon fetch what earlier builds of the branch used, and shows how that goes. That there is nothing is fine. */
final class WarmCommand implements Command {
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final long STEP_MILLIS = 200;
    private static final Set<String> VARIABLES = Set.of("HOME", "XDG_CONFIG_HOME");

    @Override
    public int run(ParseResult options, Surroundings surroundings) {
        Terminal terminal = surroundings.terminal();
        Optional<String> size = Subcommand.Option.MAX_SIZE.text(options);
        Optional<Long> bytes = size.flatMap(Sizes::read);
        if (size.isPresent() && bytes.isEmpty()) {
            terminal.error("--max-size: " + Json.printable(size.get()) + " is not " + Sizes.expected());
            return ExitCode.USAGE;
        }
        boolean json = Subcommand.Option.JSON.isIn(options);
        Optional<ObjectNode> end = await(surroundings.daemon(), question(options, surroundings, bytes), terminal, json);
        if (end.isEmpty()) {
            return ExitCode.FAILED;
        }
        if (json) {
            terminal.json(end.get());
        } else {
            print(end.get(), terminal);
        }
        return end.get().has("fault") ? ExitCode.FAILED : ExitCode.OK;
    }

    private static Map<String, Object> question(ParseResult options, Surroundings surroundings, Optional<Long> bytes) {
        Map<String, Object> question = new HashMap<>();
        question.put("directory", surroundings.workingDirectory().toString());
        question.put("environment", environment(surroundings.environment()));
        bytes.ifPresent(most -> question.put("bytes", most));
        Subcommand.Option.BRANCH.text(options).ifPresent(name -> question.put("branch", name));
        Subcommand.Option.BASE.text(options).ifPresent(name -> question.put("base", name));
        Subcommand.Option.TIMEOUT.number(options).ifPresent(seconds -> question.put("seconds", seconds));
        return question;
    }

    /** Starts it, and returns how it stands when it is over; empty after an error that has been printed. */
    private static Optional<ObjectNode> await(
            Daemon daemon, Map<String, Object> question, Terminal terminal, boolean silent) {
        Optional<ObjectNode> state = daemon.askStarting("warm", question, BOUND);
        while (state.isPresent() && state.get().path("running").asBoolean(false)) {
            state = daemon.replyOrError(
                    daemon.ask("warming", Map.of("id", Json.number(state.get(), "id"), "millis", STEP_MILLIS)));
            if (!silent) {
                state.ifPresent(now -> terminal.progress(bar(now)));
            }
        }
        terminal.endProgress();
        return state;
    }

    /** What says which store, with what credentials, and what is built; nothing else leaves this process. */
    static Map<String, String> environment(Map<String, String> all) {
        return all.entrySet().stream()
                .filter(variable -> VARIABLES.contains(variable.getKey())
                        || BuildName.reads(variable.getKey())
                        || ProviderVariables.isRead(variable.getKey())
                        || variable.getKey().startsWith("CAIRN_"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static String bar(ObjectNode state) {
        long wanted = Json.number(state, "wanted");
        long fetched = Json.number(state, "fetched");
        return Quantities.bar(fetched, wanted) + " " + Quantities.count(fetched) + " of " + Quantities.count(wanted)
                + ", " + Quantities.bytes(Json.number(state, "bytes"));
    }

    private static void print(ObjectNode state, Terminal terminal) {
        if (state.has("fault")) {
            terminal.error(Json.text(state, "fault"));
            return;
        }
        String branches = StreamSupport.stream(state.path("branches").spliterator(), false)
                .map(JsonNode::asString)
                .map(Json::printable)
                .collect(Collectors.joining(", "));
        if (Json.number(state, "records") == 0) {
            terminal.line("no build of " + branches + " has left a record yet; nothing to fetch");
            return;
        }
        long failed = Json.number(state, "failed");
        terminal.line(Quantities.count(Json.number(state, "fetched")) + " of "
                + Quantities.count(Json.number(state, "wanted")) + " artifacts fetched ("
                + Quantities.bytes(Json.number(state, "bytes")) + ") in "
                + Quantities.micros(1_000 * Json.number(state, "millis")) + ", as builds of " + branches + " used them"
                + (failed == 0 ? "" : "; " + terminal.doubtful(Quantities.count(failed) + " could not be had")));
    }
}
