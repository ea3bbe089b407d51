package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.DirectoryStates;
import dev.cairn.cache.FileStates;
import dev.cairn.wrapper.config.SettingsSource.Resolved;
import dev.cairn.wrapper.events.EventLog;
import dev.cairn.wrapper.protocol.Request;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Answers invocations. Its phases are wired here; a {@link Session} takes one request through them. Thread-safe. */
public final class Pipeline implements AutoCloseable {
    final FileStates files;
    final Supplier<Optional<ArtifactCache>> cache;
    final Function<Map<String, String>, Resolved> settings;
    final EventLog events;
    final LongSupplier clock;
    final Understanding understanding;
    final Lookup lookup;
    final Sharing sharing;
    final Ingest ingest;
    final Recall recall;
    final History history = new History();
    final Intake intake = new Intake();

    /**
     * Wires the phases.
     *
     * @param files the state of the files that compilations read
     * @param cache the store; empty while it can't be used
     * @param settings what the user configured, by the environment of a request
     * @param events where every request's end is told
     * @param clock the time that a file changed now would be stamped with, in nanoseconds since 1970
     * @param remotes the remote tiers that settings name
     * @param scratch a directory of the pipeline's own, for what lives as long as a request
     */
    public Pipeline(
            FileStates files,
            Supplier<Optional<ArtifactCache>> cache,
            Function<Map<String, String>, Resolved> settings,
            EventLog events,
            LongSupplier clock,
            RemoteSource remotes,
            Path scratch) {
        this.clock = clock;
        this.files = files;
        this.cache = cache;
        this.settings = settings;
        this.events = events;
        Compilers compilers = new Compilers(files, cache);
        this.understanding = new Understanding(files, compilers);
        Scans scans = new Scans(() -> cache.get().map(ArtifactCache::records));
        Conditions conditions = new Conditions(files, InstantSource.system());
        Verifier verifier = new Verifier(files, new DirectoryStates(scans::mention), scans, conditions);
        this.recall = new Recall(files, conditions);
        this.lookup = new Lookup(verifier, intake);
        this.sharing = new Sharing(remotes, new RemoteLookup(lookup), events.statistics());
        this.ingest = new Ingest(files, verifier, scans, conditions, new Capture.Place(scratch), compilers::holds);
    }

    /** Starts to answer a request. */
    public Session session(Request request) {
        return new Session(this, request);
    }

    /** Forgets every remembered answer; the store was cleared. */
    public void forget() {
        recall.clear();
    }

    /** Waits until what was compiled before this has been taken in and counted, but not for ever. */
    public void settle() {
        intake.settle();
    }

    /** Takes in what was compiled before this; the store must still be open. */
    @Override
    public void close() {
        intake.close();
    }
}
