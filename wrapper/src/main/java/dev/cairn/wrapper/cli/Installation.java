package dev.cairn.wrapper.cli;

import dev.cairn.wrapper.Version;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * Where things are, as the launcher said: it alone knows the rules.
 *
 * @param home the distribution
 * @param launcher the native program
 * @param cacheDirectory the cache directory
 * @param endpoint the daemon's socket
 * @param version version of these classes
 */
record Installation(Path home, Path launcher, Path cacheDirectory, Path endpoint, String version) {
    /** Returns what the launcher passed in system properties; empty when it did not start this process. */
    static Optional<Installation> from(Properties properties) {
        boolean complete = Stream.of("cairn.home", "cairn.launcher", "cairn.dir", "cairn.endpoint")
                .allMatch(name -> properties.getProperty(name) != null);
        if (!complete) {
            return Optional.empty();
        }
        return Optional.of(new Installation(
                Path.of(properties.getProperty("cairn.home", "")),
                Path.of(properties.getProperty("cairn.launcher", "")),
                Path.of(properties.getProperty("cairn.dir", "")),
                Path.of(properties.getProperty("cairn.endpoint", "")),
                Version.current()));
    }
}
