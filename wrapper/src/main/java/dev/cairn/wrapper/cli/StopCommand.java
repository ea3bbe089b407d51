package dev.cairn.wrapper.cli;

import dev.cairn.cache.LocalCache;
import dev.cairn.wrapper.cli.DaemonClient.Answer;
import dev.cairn.wrapper.config.RemoteOptions;
import dev.cairn.wrapper.config.SettingsSource;
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
                || drain(surroundings, Subcommand.Option.TIMEOUT.number(options).orElse(DRAIN_SECONDS));
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

    /**
     * Waits for uploads and records, in short questions; returns whether none is left. A daemon that was killed may have left
     * uploads, so one is started where none runs.
     */
    private static boolean drain(Surroundings surroundings, int seconds) {
        Daemon daemon = surroundings.daemon();
        Terminal terminal = surroundings.terminal();
        boolean started = false;
        Map<String, String> environment = WarmCommand.environment(surroundings.environment());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (true) {
            long left = Math.max(0, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
            Answer answer = daemon.ask(
                    "drain", Map.of("millis", Math.min(left, DRAIN_STEP.toMillis()), "environment", environment));
            if (answer instanceof Answer.Absent) {
                if (started || !mayHaveUploads(surroundings)) {
                    return true;
                }
                if (!daemon.start()) {
                    return false;
                }
                started = true;
                continue;
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

    private static boolean mayHaveUploads(Surroundings surroundings) {
        RemoteOptions remote = new SettingsSource()
                .resolve(surroundings.environment())
                .settings()
                .remote();
        return remote.url().isPresent()
                && remote.mode().writes()
                && LocalCache.isIn(surroundings.installation().cacheDirectory());
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
