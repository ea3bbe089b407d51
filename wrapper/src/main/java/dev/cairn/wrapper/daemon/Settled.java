package dev.cairn.wrapper.daemon;

import dev.cairn.wrapper.config.SettingsSource;
import dev.cairn.wrapper.config.SettingsSource.Resolved;
import java.util.Map;

/** The settings of the request that came last; those that concern the whole daemon follow it. Thread-safe. */
final class Settled {
    private final SettingsSource source = new SettingsSource();
    private volatile Resolved current = source.resolve(Map.of());

    /** Resolves the settings of a request. */
    Resolved resolve(Map<String, String> environment) {
        Resolved resolved = source.resolve(environment);
        current = resolved;
        return resolved;
    }

    /** Returns the settings of the last request. */
    Resolved current() {
        return current;
    }
}
