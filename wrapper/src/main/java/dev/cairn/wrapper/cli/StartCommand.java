package dev.cairn.wrapper.cli;

import dev.cairn.wrapper.cli.DaemonClient.Answer;
import picocli.CommandLine.ParseResult;

/** Starts the daemon, unless it runs, and says its process id. */
final class StartCommand implements Command {
    @Override
    public int run(ParseResult options, Surroundings surroundings) {
        Daemon daemon = surroundings.daemon();
        Answer answer = daemon.ask("status");
        boolean started = answer instanceof Answer.Absent;
        if (started) {
            if (!daemon.start()) {
                return ExitCode.FAILED;
            }
            answer = daemon.ask("status");
        }
        String said = started ? "Daemon started" : "Daemon already running";
        return daemon.replyOrError(answer)
                .map(status -> {
                    surroundings.terminal().line(said + ", pid " + Json.number(status, "pid"));
                    return ExitCode.OK;
                })
                .orElse(ExitCode.FAILED);
    }
}
