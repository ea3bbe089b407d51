package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.FileSignature;
import dev.cairn.wrapper.family.Compilation;
import dev.cairn.wrapper.family.ResponseFile;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A source written in the same tick of the clock in which its compilation is asked for, as configure scripts do, might
 * still change without getting another stamp, and nothing could be stored; so might a response file, as build tools do.
 */
final class SourceTick {
    /** More than a tick of any kernel's clock: 10 ms at 100 Hz. */
    private static final long LONGEST_TICK_NANOS = 20_000_000;

    private static final long POLL_NANOS = 250_000;

    private SourceTick() {}

    /**
     * Waits until such a tick is over.
     *
     * @return whether there was something to wait for; everything has to be looked at again then
     */
    static boolean outwaited(Pipeline pipeline, List<Pending> runs, long started) {
        long written = 0;
        for (Pending run : runs) {
            written = Math.max(written, changed(pipeline, run));
        }
        if (written < started || written - started > LONGEST_TICK_NANOS) {
            return false;
        }
        long limit = System.nanoTime() + 2 * LONGEST_TICK_NANOS;
        while (pipeline.clock.getAsLong() <= written && System.nanoTime() < limit) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }

    private static long changed(Pipeline pipeline, Pending run) {
        Compilation compilation = run.context().compilation();
        Stream<String> given = Stream.concat(
                Stream.of(compilation.source()),
                compilation.line().responseFiles().stream().map(ResponseFile::path));
        return given.flatMap(path -> pipeline.files.at(run.request().absolute(path)).signature().stream())
                .mapToLong(FileSignature::ctime)
                .max()
                .orElse(0L);
    }
}
