package dev.cairn.wrapper.cli;

import dev.cairn.wrapper.cli.DaemonClient.Answer;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ObjectNode;

/** The daemon as the commands see it: asked, and started where a command needs one. */
final class Daemon {
    /** The launcher has its own, shorter limit; this one is for a launcher that hangs. */
    private static final Duration START_BOUND = Duration.ofSeconds(60);

    private final Installation installation;
    private final Terminal terminal;

    Daemon(Installation installation, Terminal terminal) {
        this.installation = installation;
        this.terminal = terminal;
    }

    Answer ask(String command) {
        return ask(command, Map.of());
    }

    Answer ask(String command, Map<String, ?> fields) {
        return new DaemonClient(installation.endpoint(), DaemonClient.DEFAULT_BOUND).ask(command, fields);
    }

    /** Asks, starting a daemon first when none runs; empty after an error that has been printed. */
    Optional<ObjectNode> askStarting(String command, Map<String, ?> fields, Duration bound) {
        DaemonClient client = new DaemonClient(installation.endpoint(), bound);
        Answer answer = client.ask(command, fields);
        if (answer instanceof Answer.Absent) {
            if (!start()) {
                return Optional.empty();
            }
            answer = client.ask(command, fields);
        }
        return replyOrError(answer);
    }

    /** Returns the reply; prints a line and returns empty when there is none. */
    Optional<ObjectNode> replyOrError(Answer answer) {
        switch (answer) {
            case Answer.Reply reply -> {
                return Optional.of(reply.object());
            }
            case Answer.Refused refused -> terminal.error("the daemon refused: " + refused.error());
            case Answer.Absent() -> terminal.error("no daemon runs; start one with: cairn start");
            case Answer.Broken broken -> terminal.error(broken.reason() + "; try: cairn stop, and cairn doctor");
        }
        return Optional.empty();
    }

    /** Has the launcher start a daemon and wait until it answers; prints a line and returns false when it does not. */
    boolean start() {
        try {
            Process launcher = new ProcessBuilder(
                            List.of(installation.launcher().toString(), "__daemon"))
                    .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.INHERIT)
                    .start();
            if (!launcher.waitFor(START_BOUND.toSeconds(), TimeUnit.SECONDS)) {
                launcher.destroyForcibly();
                terminal.error("the daemon did not start within " + START_BOUND.toSeconds() + " s; see " + log());
                return false;
            }
            if (launcher.exitValue() != 0) {
                terminal.error("the daemon did not start; see " + log() + " or run: cairn doctor");
                return false;
            }
            return true;
        } catch (IOException e) {
            terminal.error("cannot run " + installation.launcher() + ": " + e.getMessage());
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Path log() {
        return installation.cacheDirectory().resolve("run/daemon.log");
    }
}
