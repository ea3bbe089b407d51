package dev.cairn.wrapper.daemon;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.remote.RemoteTier;
import dev.cairn.remote.SessionName;
import dev.cairn.remote.WarmLimits;
import dev.cairn.remote.WarmProgress;
import dev.cairn.wrapper.config.Settings;
import dev.cairn.wrapper.pipeline.BuildName;
import dev.cairn.wrapper.pipeline.Pipeline;
import dev.cairn.wrapper.pipeline.RemoteSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The warm-up that was asked for last, which goes on whether or not anybody asks how it stands. Thread-safe. */
final class WarmUps {
    private static final int LONGEST_SECONDS = 3600;

    private final Store store;
    private final RemoteSource remotes;
    private final Function<Map<String, String>, Settings> settings;
    private @Nullable Run current;

    WarmUps(Store store, RemoteSource remotes, Function<Map<String, String>, Settings> settings) {
        this.store = store;
        this.remotes = remotes;
        this.settings = settings;
    }

    /** One warm-up. */
    private static final class Run {
        private final long began = System.nanoTime();
        private final CountDownLatch over = new CountDownLatch(1);
        private final List<String> branches;
        private volatile WarmProgress progress = new WarmProgress(0, 0, 0, 0, 0);
        private volatile long nanos;
        private volatile Optional<String> fault = Optional.empty();

        Run(List<String> branches) {
            this.branches = branches;
        }

        Map<String, Object> state() {
            boolean running = over.getCount() > 0;
            Map<String, Object> state = new LinkedHashMap<>();
            state.put("running", running);
            state.put("branches", branches);
            state.put("records", progress.records());
            state.put("wanted", progress.wanted());
            state.put("fetched", progress.fetched());
            state.put("failed", progress.failed());
            state.put("bytes", progress.bytes());
            state.put("millis", TimeUnit.NANOSECONDS.toMillis(running ? System.nanoTime() - began : nanos));
            fault.ifPresent(line -> state.put("fault", line));
            return state;
        }
    }

    /**
     * Starts one; when one runs, that is the answer.
     *
     * @throws IllegalArgumentException when there is nothing to warm from
     */
    synchronized Map<String, Object> start(JsonNode question) {
        if (current != null && current.over.getCount() > 0) {
            return current.state();
        }
        Map<String, String> environment = new LinkedHashMap<>();
        question.path("environment")
                .properties()
                .forEach(variable -> environment.put(
                        Text.fromDisplay(variable.getKey()),
                        Text.fromDisplay(variable.getValue().asString(""))));
        Settings chosen = settings.apply(environment);
        if (chosen.remote().url().isEmpty()) {
            throw new IllegalArgumentException("no remote is set; set CAIRN_REMOTE or remote in the settings file");
        }
        if (!chosen.remote().mode().reads()) {
            throw new IllegalArgumentException("remote_mode is write-only: nothing is read from the remote");
        }
        BuildName name =
                BuildName.of(Path.of(Text.fromDisplay(question.path("directory").asString("/"))), environment);
        Set<String> branches = new LinkedHashSet<>();
        branches.add(text(question, "branch").orElse(name.branch()));
        branches.add(text(question, "base").orElse(name.base()));
        Run run = new Run(List.copyOf(branches));
        List<SessionName> builds = run.branches.stream()
                .map(branch -> name.session(branch, chosen.remote().configuration()))
                .toList();
        current = run;
        Thread.ofPlatform()
                .daemon(true)
                .name("warm-up")
                .start(() -> run(run, chosen, environment, builds, limits(question)));
        return run.state();
    }

    private static Optional<String> text(JsonNode question, String field) {
        return Optional.of(question.path(field).asString("")).filter(text -> !text.isBlank());
    }

    private static WarmLimits limits(JsonNode question) {
        long seconds = Math.clamp(question.path("seconds").asLong(0), 0, LONGEST_SECONDS);
        long bytes = question.path("bytes").asLong(0);
        WarmLimits usual = WarmLimits.DEFAULT;
        return new WarmLimits(
                bytes > 0 ? bytes : usual.bytes(),
                seconds > 0 ? Duration.ofSeconds(seconds) : usual.time(),
                usual.requests());
    }

    private void run(
            Run run, Settings chosen, Map<String, String> environment, List<SessionName> builds, WarmLimits limits) {
        try {
            Optional<ArtifactCache> cache = store.cache();
            Optional<RemoteTier> remote = remotes.of(chosen, environment);
            if (cache.isEmpty() || remote.isEmpty()) {
                run.fault = Optional.of((cache.isEmpty() ? "the cache directory" : "the remote")
                        + " cannot be used; see: cairn doctor");
                return;
            }
            run.progress = Pipeline.warm(
                    cache.get(), chosen, remote.get(), builds, limits, progress -> run.progress = progress);
            if (run.progress.records() == 0) {
                run.fault = remote.get().status().lastError();
            }
        } catch (RuntimeException e) {
            run.fault = Optional.of(e.toString());
        } finally {
            run.nanos = System.nanoTime() - run.began;
            run.over.countDown();
        }
    }

    /** Returns how the last one stands, when it is over or after some time. */
    Map<String, Object> state(Duration wait) {
        Run last;
        synchronized (this) {
            last = current;
        }
        if (last == null) {
            throw new IllegalArgumentException("no warm-up was asked for");
        }
        try {
            var _ = last.over.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return last.state();
    }
}
