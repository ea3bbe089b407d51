package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.DirectoryStates;
import dev.cairn.cache.FileStates;
import dev.cairn.cache.Records;
import dev.cairn.remote.RemoteTier;
import dev.cairn.remote.SessionName;
import dev.cairn.remote.WarmLimits;
import dev.cairn.remote.WarmProgress;
import dev.cairn.wrapper.config.Settings;
import dev.cairn.wrapper.config.SettingsSource.Resolved;
import dev.cairn.wrapper.events.EventLog;
import dev.cairn.wrapper.protocol.Request;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
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
    private final Prefetch prefetch;
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
        Supplier<Optional<Records>> records = () -> cache.get().map(ArtifactCache::records);
        Scans scans = new Scans(records);
        Conditions conditions = new Conditions(files, InstantSource.system());
        Verifier verifier = new Verifier(files, new DirectoryStates(scans::mention), scans, conditions);
        this.recall = new Recall(conditions, new KeptAnswers(records));
        this.lookup = new Lookup(verifier, intake);
        this.prefetch = new Prefetch(new Preparation(files, scans));
        this.sharing =
                new Sharing(remotes, new RemoteLookup(lookup), new Warmed(lookup), prefetch, events.statistics());
        this.ingest = new Ingest(files, verifier, scans, conditions, new Capture.Place(scratch), compilers::holds);
    }

    /** Starts to answer a request. */
    public Session session(Request request) {
        return new Session(this, request);
    }

    /**
     * Fetches what earlier builds used. Takes as long as its limits say.
     *
     * @param builds the most fitting first
     * @param progress told now and then, from many threads
     */
    public WarmProgress warm(
            ArtifactCache cache,
            Settings settings,
            RemoteTier remote,
            List<SessionName> builds,
            WarmLimits limits,
            Consumer<WarmProgress> progress) {
        return prefetch.warm(cache, settings.remote(), remote, builds, limits, progress);
    }

    /** Whether a build is over that left no record of what it used in the store that it shares. */
    public boolean hasRecordToLeave() {
        return sharing.hasRecordToLeave();
    }

    /** Begins to leave records of builds that are over, or of all, in the background. */
    public void leaveRecords(boolean all) {
        cache.get().ifPresent(open -> sharing.leaveRecords(open, all));
    }

    /** Waits until no record is being left, or the time is over. */
    public void awaitRecords(Duration limit) {
        sharing.awaitRecords(limit);
    }

    /** Returns how the records of builds stand. */
    public RecordProgress records() {
        return sharing.records();
    }

    /** Forgets every remembered answer; the store was cleared. */
    public void forget() {
        recall.clear();
    }

    /** Keeps what is remembered for the next daemon, as far as there is time. */
    public void keep(Duration limit) {
        recall.keep(limit);
    }

    /** Waits until what was compiled before this has been taken in and counted, but not for ever. */
    public void settle() {
        intake.settle();
    }

    /** Takes in what was compiled before this; the store must still be open. */
    @Override
    public void close() {
        intake.close();
        sharing.close();
    }
}
