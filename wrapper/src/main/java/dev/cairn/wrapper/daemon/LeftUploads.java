package dev.cairn.wrapper.daemon;

import dev.cairn.wrapper.config.Settings;
import java.util.Map;
import java.util.function.Function;

/** Uploads that an earlier daemon left, and that no build of this one has come to. Thread-safe. */
final class LeftUploads {
    private final Store store;
    private final Remotes remotes;
    private final Function<Map<String, String>, Settings> settings;

    LeftUploads(Store store, Remotes remotes, Function<Map<String, String>, Settings> settings) {
        this.store = store;
        this.remotes = remotes;
        this.settings = settings;
    }

    /**
     * Goes on with them, where builds named no store yet: what a build names has the credentials for it, and counts.
     *
     * @param environment says which store, with what credentials
     */
    void takeUp(Map<String, String> environment) {
        Settings chosen = settings.apply(environment);
        if (remotes.inUse().isEmpty()
                && chosen.remote().mode().writes()
                && store.cache().isPresent()) {
            remotes.of(chosen, environment);
        }
    }
}
