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

    /** Waits for uploads and records, in short questions; returns whether none is left. */
    private static boolean drain(Daemon daemon, Terminal terminal, int seconds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (true) {
            long left = Math.max(0, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
            Answer answer = daemon.ask("drain", Map.of("millis", Math.min(left, DRAIN_STEP.toMillis())));
            if (answer instanceof Answer.Absent) {
                return true;
            }
            Optional<ObjectNode> reply = daemon.replyOrError(answer);
            if (reply.isEmpty()) {
                return false;
            }
            long queued = Json.number(reply.get(), "queued");
            long records = Json.number(reply.get(), "records");
            if (queued + records == 0) {
                terminal.line(Quantities.count(Json.number(reply.get(), "done")) + " uploads done");
                sayWhatWasLost(reply.get(), terminal);
                return true;
            }
            if (left == 0) {
                terminal.error(left(queued, records, seconds));
                return false;
            }
        }
    }

    private static void sayWhatWasLost(ObjectNode reply, Terminal terminal) {
        long failed = Json.number(reply, "records_failed");
        if (failed > 0) {
            terminal.error("no record was left of " + Quantities.count(failed) + " builds, for: cairn warm ("
                    + Json.text(reply, "record_fault") + "); the next build leaves one");
        }
    }

    private static String left(long queued, long records, int seconds) {
        String after = " after " + seconds + " s; ";
        String recordsLeft = "the records of " + Quantities.count(records) + " builds are not left";
        if (queued == 0) {
            return recordsLeft + after + "the next build leaves one";
        }
        return Quantities.count(queued) + " uploads are not done"
                + (records == 0 ? "" : ", " + recordsLeft)
                + after + "uploads are kept, and the next daemon goes on with them; see: cairn uploads";
    }
}
