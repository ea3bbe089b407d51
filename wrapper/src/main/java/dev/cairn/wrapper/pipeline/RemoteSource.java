package dev.cairn.wrapper.pipeline;

import dev.cairn.remote.RemoteTier;
import dev.cairn.wrapper.config.Settings;
import java.util.Map;
import java.util.Optional;

/** Where the pipeline gets the remote tier that a request's settings name. Thread-safe. */
public interface RemoteSource {
    /**
     * Returns the tier; empty when the settings name none, or when it can't be used. May wait for its being opened, a
     * bounded time once.
     *
     * @param environment of the request; the credentials are in it
     */
    Optional<RemoteTier> of(Settings settings, Map<String, String> environment);

    /**
     * Returns the tier once it is open, whether or not the store has been asked anything; empty as with {@link #of}. Opening
     * takes as long as this machine takes for it: for the background, where a result must not be lost to haste.
     */
    Optional<RemoteTier> opened(Settings settings, Map<String, String> environment);

    /** Has the tier opened in the background, if the settings name one. Returns at once. */
    void prepare(Settings settings, Map<String, String> environment);
}
