package dev.cairn.wrapper.cli;

import dev.cairn.wrapper.cli.DaemonClient.Answer;
import dev.cairn.wrapper.config.SettingsSource;
import dev.cairn.wrapper.config.SettingsSource.Resolved;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.node.ObjectNode;

/** Shows the daemon's state; never starts one. The JSON has the same fields whether or not one runs. */
final class StatusCommand implements Command {
    @Override
    public int run(ParseResult options, Surroundings surroundings) {
        Daemon daemon = surroundings.daemon();
        Answer answer = daemon.ask("status");
        boolean running = !(answer instanceof Answer.Absent);
        Optional<ObjectNode> state = running ? daemon.replyOrError(answer) : Optional.of(absent(surroundings));
        if (state.isEmpty()) {
            return ExitCode.FAILED;
        }
        ObjectNode status = Json.object().put("running", running).setAll(state.get());
        if (status.path("store") instanceof ObjectNode store && !store.has("error")) {
            store.putNull("error");
        }
        if (Subcommand.Option.JSON.isIn(options)) {
            surroundings.terminal().json(status);
        } else {
            print(status, running, surroundings.terminal());
        }
        return running ? ExitCode.OK : ExitCode.NO_DAEMON;
    }

    /** What a daemon would say, with null for what only a process has, and the settings that one would use. */
    private static ObjectNode absent(Surroundings surroundings) {
        Installation installation = surroundings.installation();
        Resolved resolved = new SettingsSource().resolve(surroundings.environment());
        ObjectNode state = Json.object();
        state.putNull("pid");
        state.put("version", installation.version());
        state.put("protocol", DaemonClient.PROTOCOL);
        state.put("endpoint", installation.endpoint().toString());
        state.put("cache_dir", installation.cacheDirectory().toString());
        for (String field : List.of("started", "uptime_seconds", "open_requests", "rss_bytes", "heap_used_bytes")) {
            state.putNull(field);
        }
        state.putObject("store").putNull("state").putNull("error");
        state.putArray("remotes");
        state.set("settings", Json.node(resolved.settings().values()));
        state.set("settings_problems", Json.node(resolved.problems()));
        return state;
    }

    private static void print(ObjectNode status, boolean running, Terminal terminal) {
        if (running) {
            terminal.line(terminal.good("running") + ", pid " + Json.number(status, "pid") + ", for "
                    + Quantities.duration(Duration.ofSeconds(Json.number(status, "uptime_seconds"))) + ", "
                    + Quantities.count(Json.number(status, "open_requests")) + " open requests, "
                    + Quantities.bytes(Json.number(status, "rss_bytes")) + " of memory");
        } else {
            terminal.line("not running; the first compilation starts a daemon, and so does: cairn start");
        }
        terminal.line("version    " + Json.text(status, "version"));
        terminal.line("endpoint   " + Json.text(status, "endpoint"));
        terminal.line("cache      " + Json.text(status, "cache_dir"));
        String store = Json.text(status.path("store"), "state");
        String error = Json.text(status.path("store"), "error");
        if (!store.isEmpty()) {
            terminal.line("store      " + (error.isEmpty() ? store : terminal.bad(store + ": " + error)));
        }
        status.path("remotes").valueStream().forEach(remote -> {
            String line = Json.text(remote, "line");
            terminal.line("remote     " + (Json.text(remote, "state").equals("ok") ? line : terminal.bad(line)));
        });
        status.path("settings_problems")
                .valueStream()
                .map(problem -> Json.printable(problem.asString("")))
                .forEach(problem -> terminal.line(terminal.doubtful("settings   ") + problem));
    }
}
