package dev.cairn.remote;

import java.util.Optional;

/**
 * The remote tier's state for people and scripts. Immutable; holds no secret.
 *
 * @param url the store, without credentials
 * @param lastError one line on what went wrong last, if anything since the last success
 * @param capabilities what the store was found to be able to do, once that is known
 */
public record RemoteStatus(
        String url,
        RemoteMode mode,
        String namespace,
        State state,
        Optional<String> lastError,
        Optional<Capabilities> capabilities,
        Counters counters) {
    /** How it stands. */
    public enum State {
        OK,
        /** It answers, not always, or cannot be written to. */
        DEGRADED,
        /** It fails and is left alone; builds go on without it, and it is tried again in the background. */
        OPEN,
        /** It cannot work until someone changes the configuration; tried again all the same. */
        MISCONFIGURED
    }

    /**
     * What happened since the start. Errors, and questions that were not asked at all, are no misses.
     *
     * @param found questions answered with what was asked for
     * @param absent questions answered with no
     * @param filtered questions not asked, as the answer was known to be no
     * @param errors questions that failed
     * @param timeouts questions without an answer in time
     * @param skipped questions not asked, as the store had failed or the build had waited enough
     * @param damaged objects that were not what was stored
     * @param untrusted objects and entries without the signature that they need
     * @param hedges questions put a second time
     * @param bytesDown bytes of artifacts fetched
     * @param bytesUp bytes of artifacts uploaded
     */
    public record Counters(
            long found,
            long absent,
            long filtered,
            long errors,
            long timeouts,
            long skipped,
            long damaged,
            long untrusted,
            long hedges,
            long bytesDown,
            long bytesUp,
            UploadProgress uploads) {}

    /** Returns one line for people. */
    public String line() {
        return url + ": "
                + switch (state) {
                    case OK -> lastError.isEmpty() ? "ok" : "answers, but not what was asked for";
                    case DEGRADED -> "works in part";
                    case OPEN -> "does not work at the moment; builds go on without it";
                    case MISCONFIGURED -> "cannot work as it is configured; builds go on without it";
                }
                + lastError.map(error -> " (" + error + ")").orElse("");
    }
}
