package dev.cairn.wrapper.cli;

import java.io.Console;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.node.ObjectNode;

/** Where a command prints. Colours only where a person reads them; JSON always in UTF-8. Not thread-safe. */
final class Terminal {
    private final PrintStream out;
    private final PrintStream err;
    private final BooleanSupplier coloured;
    private boolean inProgress;

    Terminal(PrintStream out, PrintStream err, BooleanSupplier coloured) {
        this.out = out;
        this.err = err;
        this.coloured = coloured;
    }

    /** The streams of this process; NO_COLOR (any value but the empty one) and TERM=dumb switch colours off. */
    static Terminal ofProcess(Map<String, String> environment) {
        boolean wanted = environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb");
        return new Terminal(System.out, System.err, () -> wanted && isTerminal());
    }

    private static boolean isTerminal() {
        return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }

    void line(String text) {
        out.println(text);
    }

    /** Shows how something goes, over what was shown before; only where a person reads it. */
    void progress(String text) {
        if (coloured.getAsBoolean()) {
            err.print("\r\u001b[K" + text);
            err.flush();
            inProgress = true;
        }
    }

    /** Removes what was shown. */
    void endProgress() {
        if (inProgress) {
            err.print("\r\u001b[K");
            err.flush();
            inProgress = false;
        }
    }

    void json(ObjectNode object) {
        byte[] bytes = (Json.pretty(object) + "\n").getBytes(StandardCharsets.UTF_8);
        out.write(bytes, 0, bytes.length);
        out.flush();
    }

    /** Prints one line to the error stream. */
    void error(String text) {
        err.println("cairn: " + text);
    }

    void plainError(String text) {
        err.println(text);
    }

    String strong(String text) {
        return painted("1", text);
    }

    String faint(String text) {
        return painted("2", text);
    }

    String good(String text) {
        return painted("32", text);
    }

    String doubtful(String text) {
        return painted("33", text);
    }

    String bad(String text) {
        return painted("31", text);
    }

    private String painted(String code, String text) {
        return coloured.getAsBoolean() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
