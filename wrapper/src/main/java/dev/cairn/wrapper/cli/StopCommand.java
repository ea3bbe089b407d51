package dev.cairn.wrapper.cli;

import dev.cairn.wrapper.cli.DaemonClient.Answer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.node.ObjectNode;

/** Stops the daemon and waits until its process is gone, after its uploads if asked. That none runs is fine too. */
final class StopCommand implements Command {
    private static final Duration BOUND = Duration.ofSeconds(15);
    private static final int DRAIN_SECONDS = 300;
    private static final Duration DRAIN_STEP = Duration.ofSeconds(2);

    @Override
    public int run(ParseResult options, Surroundings surroundings) {
        Terminal terminal = surroundings.terminal();
        Daemon daemon = surroundings.daemon();
        boolean drained = !Subcommand.Option.DRAIN.isIn(options)
                || drain(
                        daemon,
                        terminal,
                        Subcommand.Option.TIMEOUT.number(options).orElse(DRAIN_SECONDS));
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
        if (!new OtherProcess(pid).awaitEnd(BOUND)) {
            terminal.error("the daemon (pid " + pid + ") still runs after " + BOUND.toSeconds()
                    + " s, perhaps for a compilation that has not ended; it stops after that");
            return ExitCode.FAILED;
        }
        terminal.line("Daemon stopped, pid " + pid);
        return drained ? ExitCode.OK : ExitCode.FAILED;
    }

    /** Waits for the uploads, in short questions; returns whether none is left. */
    private static boolean drain(Daemon daemon, Terminal terminal, int seconds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (true) {
            long left = Math.max(0, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
            Answer answer = daemon.ask("drain", Map.of("millis", Math.min(left, DRAIN_STEP.toMillis())));
            if (!(answer instanceof Answer.Reply reply)) {
                return answer instanceof Answer.Absent;
            }
            long queued = Json.number(reply.object(), "queued");
            if (queued == 0) {
                terminal.line(Quantities.count(Json.number(reply.object(), "done")) + " uploads done");
                return true;
            }
            if (left == 0) {
                terminal.error(Quantities.count(queued) + " uploads are not done after " + seconds
                        + " s; they are kept, and the next daemon goes on with them; see: cairn uploads");
                return false;
            }
        }
    }
}
