package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.DirectoryStates;
import dev.cairn.cache.FileStates;
import dev.cairn.wrapper.config.SettingsSource.Resolved;
import dev.cairn.wrapper.events.EventLog;
import dev.cairn.wrapper.protocol.Request;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Answers invocations. Its phases are wired here; a {@link Session} takes one request through them. Thread-safe. */
public final class Pipeline {
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

    /**
     * Wires the phases.
     *
     * @param files the state of the files that compilations read
     * @param cache the store; empty while it can't be used
     * @param settings what the user configured, by the environment of a request
     * @param events where every request's end is told
     * @param clock the time that a file changed now would be stamped with, in nanoseconds since 1970
     * @param remotes the remote tiers that settings name
     */
    public Pipeline(
            FileStates files,
            Supplier<Optional<ArtifactCache>> cache,
            Function<Map<String, String>, Resolved> settings,
            EventLog events,
            LongSupplier clock,
            RemoteSource remotes) {
        this.clock = clock;
        this.files = files;
        this.cache = cache;
        this.settings = settings;
        this.events = events;
        this.understanding = new Understanding(files, new Compilers(files, cache));
        Scans scans = new Scans();
        Conditions conditions = new Conditions(files, InstantSource.system());
        Verifier verifier = new Verifier(files, new DirectoryStates(scans::mention), scans, conditions);
        this.recall = new Recall(conditions);
        this.lookup = new Lookup(verifier);
        this.sharing = new Sharing(remotes, new RemoteLookup(lookup), events.statistics());
        this.ingest = new Ingest(files, verifier, scans, conditions);
    }

    /** Starts to answer a request. */
    public Session session(Request request) {
        return new Session(this, request);
    }

    /** Forgets every remembered answer; the store was cleared. */
    public void forget() {
        recall.clear();
    }
}
