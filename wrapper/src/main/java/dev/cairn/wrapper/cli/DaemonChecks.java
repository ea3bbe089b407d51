package dev.cairn.wrapper.cli;

import dev.cairn.wrapper.cli.DaemonClient.Answer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Looks at the daemon, its store, the remote stores, and the traces of daemons that failed. Never starts one. */
final class DaemonChecks {
    private static final Pattern ERROR_LINE =
            Pattern.compile("\\bERROR\\b|\\bFATAL\\b|^Exception |^Error[: ]|^#.*error");
    private static final int TAIL_BYTES = 64 * 1024;

    private final Installation installation;
    private final RemoteChecks remoteChecks;
    private final Clock clock;

    DaemonChecks(Installation installation, RemoteChecks remoteChecks, Clock clock) {
        this.installation = installation;
        this.remoteChecks = remoteChecks;
        this.clock = clock;
    }

    List<Check> run() {
        long before = System.nanoTime();
        Answer answer = new DaemonClient(installation.endpoint(), DaemonClient.DEFAULT_BOUND).ask("status", Map.of());
        long micros = (System.nanoTime() - before) / 1_000;
        JsonNode remotes = Json.object().path("remotes");
        List<Check> checks = new ArrayList<>();
        checks.add(daemon(answer, micros));
        if (answer instanceof Answer.Reply reply) {
            checks.add(store(reply.object()));
            remotes = reply.object().path("remotes");
        }
        checks.addAll(remoteChecks.run(remotes));
        checks.add(trouble());
        boolean healthy = checks.stream().allMatch(check -> check.level() == Check.Level.OK);
        lastError().ifPresent(line -> checks.add(log(line, healthy)));
        return checks;
    }

    private static Check daemon(Answer answer, long micros) {
        String advice = "run: cairn stop, then: cairn start; look at run/daemon.log in the cache directory";
        return switch (answer) {
            case Answer.Reply reply ->
                Check.ok(
                        "daemon",
                        "pid " + Json.number(reply.object(), "pid") + " answered in " + Quantities.micros(micros));
            case Answer.Refused refused -> Check.fail("daemon", "refused: " + refused.error(), advice);
            case Answer.Broken broken -> Check.fail("daemon", broken.reason(), advice);
            case Answer.Absent() ->
                Check.warn(
                        "daemon",
                        "none runs; the first compilation starts one",
                        "to see whether it can, run: cairn start");
        };
    }

    private static Check store(ObjectNode status) {
        String state = Json.text(status.path("store"), "state");
        return switch (state) {
            case "open" -> Check.ok("store", "open");
            case "opening" -> Check.warn("store", "still opening", "wait; nothing is cached until it is open");
            default ->
                Check.fail(
                        "store",
                        state + ": " + Json.text(status.path("store"), "error"),
                        "nothing is cached; if it stays so, remove the cache directory and run: cairn start");
        };
    }

    private Check trouble() {
        Path file = installation.cacheDirectory().resolve("run/trouble");
        try {
            long until = Files.getLastModifiedTime(file).toMillis();
            long failures = Files.size(file);
            String times = failures + (failures == 1 ? " failure" : " failures") + " to start or reach a daemon";
            return until > clock.millis()
                    ? Check.warn(
                            "trouble",
                            times + "; until " + Quantities.time(until) + " compilers run directly",
                            "run: cairn start, and see what it says")
                    : Check.warn("trouble", times + "; the next compilation tries again", "run: cairn start");
        } catch (NoSuchFileException e) {
            return Check.ok("trouble", "none");
        } catch (IOException e) {
            return Check.warn("trouble", file + " cannot be examined (" + e.getMessage() + ")", "look at it");
        }
    }

    /** An old error says little while the daemon works. */
    private static Check log(String line, boolean healthy) {
        String finding = "last error: " + Json.printable(line);
        return healthy ? Check.ok("daemon.log", finding) : Check.warn("daemon.log", finding, "see run/daemon.log");
    }

    private Optional<String> lastError() {
        Path file = installation.cacheDirectory().resolve("run/daemon.log");
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
            long length = log.length();
            byte[] tail = new byte[(int) Math.min(length, TAIL_BYTES)];
            log.seek(length - tail.length);
            log.readFully(tail);
            return new String(tail, StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> ERROR_LINE.matcher(line).find())
                    .reduce((first, second) -> second);
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
