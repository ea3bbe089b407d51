package dev.cairn.remote;

import java.time.Duration;

/**
 * Times and sizes of the remote tier. Immutable.
 *
 * @param limits of one request
 * @param waitPerBuild how long one build waits in all for answers that do not come
 * @param buildIdle after how long without a question the next one belongs to another build
 * @param rememberAbsence how long a miss is not asked again
 * @param hedgeAfter how long the first byte of an answer may take, at least, before the question is put a second time
 * @param probeAfter how long a store that failed is left alone at first; doubled up to a minute
 * @param retryAfter how long an upload that failed waits at first; doubled up to {@code retryAtMost}
 * @param uploads how many uploads at once
 * @param queue how many uploads may wait
 * @param bytesPerSecond of uploads; 0 for no limit
 * @param filter of the miss filter
 */
public record RemoteTuning(
        RequestLimits limits,
        Duration waitPerBuild,
        Duration buildIdle,
        Duration rememberAbsence,
        Duration hedgeAfter,
        Duration probeAfter,
        Duration retryAfter,
        Duration retryAtMost,
        int uploads,
        int queue,
        long bytesPerSecond,
        FilterTuning filter) {
    /** For anything that is not a test. */
    public static final RemoteTuning DEFAULT = new RemoteTuning(
            RequestLimits.DEFAULT,
            Duration.ofSeconds(3),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofMillis(100),
            Duration.ofSeconds(2),
            Duration.ofSeconds(1),
            Duration.ofMinutes(5),
            8,
            100_000,
            0,
            FilterTuning.DEFAULT);

    /** Returns this with another time that a build waits in all. */
    public RemoteTuning withWaitPerBuild(Duration wait) {
        return new RemoteTuning(
                limits,
                wait,
                buildIdle,
                rememberAbsence,
                hedgeAfter,
                probeAfter,
                retryAfter,
                retryAtMost,
                uploads,
                queue,
                bytesPerSecond,
                filter);
    }

    /** Returns this with another limit for uploads, in bytes per second; 0 for none. */
    public RemoteTuning withBytesPerSecond(long limit) {
        return new RemoteTuning(
                limits,
                waitPerBuild,
                buildIdle,
                rememberAbsence,
                hedgeAfter,
                probeAfter,
                retryAfter,
                retryAtMost,
                uploads,
                queue,
                limit,
                filter);
    }

    /** Returns this with another say on whether what a miss filter says spares questions. */
    public RemoteTuning withMissFilter(boolean believed) {
        return withFilter(filter.withBelieved(believed));
    }

    RemoteTuning withFilter(FilterTuning other) {
        return new RemoteTuning(
                limits,
                waitPerBuild,
                buildIdle,
                rememberAbsence,
                hedgeAfter,
                probeAfter,
                retryAfter,
                retryAtMost,
                uploads,
                queue,
                bytesPerSecond,
                other);
    }
}
