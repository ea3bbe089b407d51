package dev.cairn.wrapper.cli;

import java.nio.file.Path;
import java.util.Map;

/**
 * What every command works in.
 *
 * @param workingDirectory absolute; what relative arguments are relative to
 */
record Surroundings(
        Installation installation, Map<String, String> environment, Path workingDirectory, Terminal terminal) {

    Daemon daemon() {
        return new Daemon(installation, terminal);
    }
}
