package dev.cairn.wrapper.daemon;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.remote.ProviderVariables;
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
import tools.jackson.databind.JsonNode;

/**
 * Warm-ups that were asked for; they go on whether or not anybody asks how they stand. Of those that are over the last few
 * are remembered. Thread-safe.
 */
final class WarmUps {
    private static final int LONGEST_SECONDS = 3600;
    private static final int REMEMBERED = 16;

    private final Store store;
    private final RemoteSource remotes;
    private final Pipeline pipeline;
    private final Function<Map<String, String>, Settings> settings;
    private final Map<Long, Run> runs = new LinkedHashMap<>();
    private long started;

    WarmUps(Store store, RemoteSource remotes, Pipeline pipeline, Function<Map<String, String>, Settings> settings) {
        this.store = store;
        this.pipeline = pipeline;
        this.remotes = remotes;
        this.settings = settings;
    }

    /** What is fetched, from where. */
    private record Wish(Remotes.Use from, List<SessionName> builds) {}

    /** One warm-up. */
    private static final class Run {
        private final long began = System.nanoTime();
        private final CountDownLatch over = new CountDownLatch(1);
        private final long id;
        private final Wish wish;
        private volatile WarmProgress progress = new WarmProgress(0, 0, 0, 0, 0);
        private volatile long nanos;
        private volatile Optional<String> fault = Optional.empty();

        Run(long id, Wish wish) {
            this.id = id;
            this.wish = wish;
        }

        boolean isOver() {
            return over.getCount() == 0;
        }

        Map<String, Object> state() {
            boolean done = isOver();
            Map<String, Object> state = new LinkedHashMap<>();
            state.put("id", id);
            state.put("running", !done);
            state.put(
                    "branches",
                    wish.builds().stream()
                            .map(build -> Text.display(build.branch()))
                            .toList());
            state.put("records", progress.records());
            state.put("wanted", progress.wanted());
            state.put("fetched", progress.fetched());
            state.put("failed", progress.failed());
            state.put("bytes", progress.bytes());
            state.put("millis", TimeUnit.NANOSECONDS.toMillis(done ? nanos : System.nanoTime() - began));
            fault.ifPresent(line -> state.put("fault", line));
            return state;
        }
    }

    /**
     * Starts one; when one for the same builds from the same store runs, that is the answer.
     *
     * @throws IllegalArgumentException when there is nothing to warm from
     */
    Map<String, Object> start(JsonNode question) {
        Map<String, String> environment = environment(question);
        Settings chosen = settings.apply(environment);
        if (chosen.remote().url().isEmpty()) {
            throw new IllegalArgumentException("no remote is set; set CAIRN_REMOTE or remote in the settings file");
        }
        if (!chosen.remote().mode().reads()) {
            throw new IllegalArgumentException("remote_mode is write-only: nothing is read from the remote");
        }
        Wish wish = new Wish(
                new Remotes.Use(chosen.remote(), ProviderVariables.of(environment)),
                builds(question, environment, chosen.remote().configuration()));
        return runFor(wish, chosen, environment, limits(question)).state();
    }

    /** Returns the environment that came with a question. */
    static Map<String, String> environment(JsonNode question) {
        Map<String, String> environment = new LinkedHashMap<>();
        question.path("environment")
                .properties()
                .forEach(variable -> environment.put(
                        Text.fromDisplay(variable.getKey()),
                        Text.fromDisplay(variable.getValue().asString(""))));
        return environment;
    }

    private static List<SessionName> builds(JsonNode question, Map<String, String> environment, String configuration) {
        BuildName name =
                BuildName.of(Path.of(Text.fromDisplay(question.path("directory").asString("/"))), environment);
        Set<String> branches = new LinkedHashSet<>();
        branches.add(text(question, "branch").orElse(name.branch()));
        branches.add(text(question, "base").orElse(name.base()));
        return branches.stream()
                .map(branch -> name.session(branch, configuration))
                .toList();
    }

    private static Optional<String> text(JsonNode question, String field) {
        return Optional.of(question.path(field).asString(""))
                .filter(text -> !text.isBlank())
                .map(Text::fromDisplay);
    }

    /** Sizes as everywhere: 0 is no limit. */
    static WarmLimits limits(JsonNode question) {
        WarmLimits usual = WarmLimits.DEFAULT;
        long seconds = Math.clamp(question.path("seconds").asLong(0), 0, LONGEST_SECONDS);
        long bytes = question.path("bytes").asLong(usual.bytes());
        return new WarmLimits(
                bytes > 0 ? bytes : Long.MAX_VALUE,
                seconds > 0 ? Duration.ofSeconds(seconds) : usual.time(),
                usual.requests());
    }

    private synchronized Run runFor(Wish wish, Settings chosen, Map<String, String> environment, WarmLimits limits) {
        Optional<Run> running = runs.values().stream()
                .filter(run -> !run.isOver() && run.wish.equals(wish))
                .findFirst();
        if (running.isPresent()) {
            return running.get();
        }
        forgetEldest();
        Run run = new Run(++started, wish);
        runs.put(run.id, run);
        Thread.ofPlatform().daemon(true).name("warm-up").start(() -> run(run, chosen, environment, limits));
        return run;
    }

    private void forgetEldest() {
        List<Run> over = runs.values().stream().filter(Run::isOver).toList();
        over.stream().limit(Math.max(0, over.size() - REMEMBERED + 1)).forEach(run -> runs.remove(run.id));
    }

    private void run(Run run, Settings chosen, Map<String, String> environment, WarmLimits limits) {
        try {
            Optional<ArtifactCache> cache = store.cache();
            Optional<RemoteTier> remote = remotes.of(chosen, environment);
            if (cache.isEmpty() || remote.isEmpty()) {
                run.fault = Optional.of((cache.isEmpty() ? "the cache directory" : "the remote")
                        + " cannot be used; see: cairn doctor");
                return;
            }
            run.progress = pipeline.warm(
                    cache.get(), chosen, remote.get(), run.wish.builds(), limits, progress -> run.progress = progress);
            if (run.progress.records() == 0) {
                run.fault = remote.get().readFault();
            }
        } catch (RuntimeException e) {
            run.fault = Optional.of(e.toString());
        } finally {
            run.nanos = System.nanoTime() - run.began;
            run.over.countDown();
        }
    }

    /**
     * Returns how one stands, when it is over or after some time.
     *
     * @throws IllegalArgumentException when there is none of this id, or no longer
     */
    Map<String, Object> state(long id, Duration wait) {
        Run run;
        synchronized (this) {
            run = Optional.ofNullable(runs.get(id))
                    .orElseThrow(() -> new IllegalArgumentException("no such warm-up: " + id));
        }
        try {
            var _ = run.over.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return run.state();
    }
}
