package dev.cairn.wrapper.cli;

import dev.cairn.wrapper.cli.DaemonClient.Answer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.node.ObjectNode;

/** Stops the daemon and waits until its process is gone. That none runs is fine too. */
final class StopCommand implements Command {
    private static final Duration BOUND = Duration.ofSeconds(15);

    @Override
    public int run(ParseResult options, Surroundings surroundings) {
        Terminal terminal = surroundings.terminal();
        Daemon daemon = surroundings.daemon();
        Answer answer = daemon.ask("stop");
        if (answer instanceof Answer.Absent) {
            terminal.line("No daemon runs");
            return ExitCode.OK;
        }
        Optional<ObjectNode> reply = daemon.replyOrError(answer);
        if (reply.isEmpty()) {
            return ExitCode.FAILED;
        }
        long pid = Json.number(reply.get(), "pid");
        if (!isGone(pid)) {
            terminal.error("the daemon (pid " + pid + ") still runs after " + BOUND.toSeconds()
                    + " s, perhaps for a compilation that has not ended; it stops after that");
            return ExitCode.FAILED;
        }
        terminal.line("Daemon stopped, pid " + pid);
        return ExitCode.OK;
    }

    private static boolean isGone(long pid) {
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        if (process.isEmpty()) {
            return true;
        }
        try {
            process.get().onExit().get(BOUND.toSeconds(), TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
