package dev.cairn.wrapper.e2e;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * How a command ended.
 *
 * @param exit exit code; 128 and the signal's number when a signal ended it
 */
record Result(int exit, byte[] out, byte[] err, Duration time) {
    String outText() {
        return new String(out, StandardCharsets.UTF_8);
    }

    String errText() {
        return new String(err, StandardCharsets.UTF_8);
    }

    /** Returns this when the exit code is 0, else fails with what was printed. */
    Result succeeded() {
        if (exit != 0) {
            throw new AssertionError("exit code " + exit + "\nstdout: " + outText() + "\nstderr: " + errText());
        }
        return this;
    }
}
