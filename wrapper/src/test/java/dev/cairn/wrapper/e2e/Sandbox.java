package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import tools.jackson.databind.JsonNode;

/**
 * A directory of its own with a cache, a home and a work directory, and the real launcher in an environment that the test
 * knows. When it is left its daemon is stopped, and must be gone. In a static field it serves all tests of a class, each with
 * a work directory and an empty cache of its own; in an instance field, one test.
 */
final class Sandbox implements BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    static {
        // Most of what is awaited is there within milliseconds, a thousand times in a run.
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(Duration.ofMillis(10));
    }

    final Path root;
    final Path home;
    Path work;
    private final Path scratch;
    private Path cache;
    private Path launcher;
    private boolean errorsExpected;
    private final boolean shared;
    private int tests;

    /** A sandbox for one test. */
    Sandbox() {
        this(false);
    }

    /** A sandbox for all tests of a class. */
    static Sandbox ofClass() {
        return new Sandbox(true);
    }

    private Sandbox(boolean shared) {
        this.shared = shared;
        try {
            root = Files.createTempDirectory("cairn").toRealPath();
            work = Files.createDirectory(root.resolve("work"));
            home = Files.createDirectory(root.resolve("home"));
            scratch = Files.createDirectory(root.resolve("scratch"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cache = root.resolve("cache");
        launcher = distribution().resolve("bin/cairn");
    }

    /** Returns the directory of the distribution under test. */
    static Path distribution() {
        String directory = System.getProperty("cairn.dist");
        if (directory == null || !Files.isExecutable(Path.of(directory, "bin/cairn"))) {
            throw new AssertionError("system property cairn.dist must name a built distribution, not " + directory);
        }
        return Path.of(directory).toAbsolutePath();
    }

    Path cache() {
        return cache;
    }

    Path launcher() {
        return launcher;
    }

    void useCache(Path other) {
        cache = other;
    }

    void useLauncher(Path other) {
        launcher = other;
    }

    /** For tests that break something: the daemon may log errors. */
    void expectErrors() {
        errorsExpected = true;
    }

    // Files

    /** Writes a file of the work directory, and waits until a later change must show in its time. */
    Path write(String name, String text) {
        Path file = work.resolve(name);
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        settle();
        return file;
    }

    Path directory(String name) {
        try {
            Path made = Files.createDirectories(work.resolve(name));
            settle();
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void delete(String name) {
        try {
            Files.delete(work.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        settle();
    }

    byte[] read(String name) {
        try {
            return Files.readAllBytes(work.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits, busily, for the next tick of the clock that files are stamped with. A change in the same tick can't be seen. */
    void settle() {
        Path probe = scratch.resolve("tick");
        FileTime first = stamp(probe);
        while (stamp(probe).compareTo(first) <= 0) {
            Thread.onSpinWait();
        }
    }

    private static FileTime stamp(Path probe) {
        try {
            Files.write(probe, new byte[1]);
            return (FileTime) Files.getAttribute(probe, "unix:ctime");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // Commands

    /** A command without Cairn, in the work directory. */
    Command bare(String... argv) {
        Tool.require(argv[0]);
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PATH", Tool.DIRECTORIES.stream().map(Path::toString).collect(Collectors.joining(":")));
        environment.put("HOME", home.toString());
        environment.put("TMPDIR", scratch.toString());
        environment.put("LC_ALL", "C");
        environment.put("CAIRN_DIR", cache.toString());
        environment.put("CAIRN_PATH_REMAP", "off");
        environment.put("CAIRN_IDLE_TIMEOUT", "10m"); // an end for what a killed test run leaves behind
        return new Command(List.of(argv), work, environment, Optional.empty(), scratch);
    }

    /** A compilation, or a command such as {@code stats}, with {@code cairn} before it. */
    Command cairn(String... argv) {
        return bare(launcher.toString()).with(argv);
    }

    /** Runs a command with Cairn and returns what became of the request. */
    Outcome outcome(Command command) {
        JsonNode before = stats();
        command.run().succeeded();
        return outcomeSince(before);
    }

    Outcome outcome(String... argv) {
        Tool.require(argv[0]);
        return outcome(cairn(argv));
    }

    /** Runs a command bare, then with Cairn on the same files; fails unless files, streams and exit code are the same. */
    Outcome likeBare(String... argv) {
        return likeBare(bare(argv));
    }

    Outcome likeBare(Command bare) {
        return likeBare(bare, bare.after(launcher.toString()));
    }

    Outcome likeBare(Command bare, Command withCairn) {
        JsonNode before = stats();
        return sameAsBare(bare, withCairn, () -> outcomeSince(before));
    }

    /** The same where no daemon counts. */
    void sameWithoutDaemon(Command bare) {
        sameAsBare(bare, bare.after(launcher.toString()), () -> new Outcome("uncounted", "", ""));
    }

    private Outcome sameAsBare(Command bare, Command withCairn, Supplier<Outcome> counted) {
        Tree start = Tree.of(work);
        Result expected = bare.run();
        Tree wanted = Tree.of(work);
        start.restore();
        settle();
        Result actual = withCairn.run();
        Outcome outcome = counted.get();
        Tree found = Tree.of(work);
        start.restore();
        settle();
        String what = outcome + " " + withCairn.argv();
        assertThat(actual.errText()).as("stderr of %s", what).isEqualTo(expected.errText());
        assertThat(actual.out()).as("stdout of %s", what).isEqualTo(expected.out());
        assertThat(actual.err()).as("stderr of %s", what).isEqualTo(expected.err());
        assertThat(actual.exit()).as("exit code of %s", what).isEqualTo(expected.exit());
        assertThat(found.listing()).as("files of %s", what).isEqualTo(wanted.listing());
        return outcome;
    }

    // The daemon

    Path socket() {
        return runFile(".sock").orElse(cache.resolve("run/none.sock"));
    }

    private Optional<Path> runFile(String suffix) {
        Path run = cache.resolve("run");
        if (!Files.isDirectory(run)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(run)) {
            return files.filter(file -> file.toString().endsWith(suffix)).findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the daemon's counters; an empty object when none runs. */
    JsonNode stats() {
        return ask("{\"command\":\"stats\"}");
    }

    /** Returns what a command that succeeds prints, an object. */
    static JsonNode json(Command command) {
        return DaemonSocket.parse(command.run().succeeded().outText());
    }

    private JsonNode ask(String question) {
        try {
            return DaemonSocket.ask(socket(), question);
        } catch (IOException e) {
            return DaemonSocket.parse("{}");
        }
    }

    /** Returns what the request after {@code before} became. */
    Outcome outcomeSince(JsonNode before) {
        return Outcome.between(before, statsAfter(before, 1));
    }

    /** Returns the counters once they have {@code more} requests than {@code before}. A hit is counted when its connection closes. */
    JsonNode statsAfter(JsonNode before, long more) {
        long requests = before.path("requests").asLong(0) + more;
        return await(requests + " requests")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .until(this::stats, now -> now.path("requests").asLong(0) >= requests);
    }

    /** Returns the event of an output of the work directory. */
    JsonNode explain(String output) {
        return ask("{\"command\":\"explain\",\"output\":\"" + work.resolve(output) + "\"}")
                .path("event");
    }

    /** Returns the state of the store that was used last; an empty object when there is none. */
    JsonNode remote() {
        JsonNode remotes = ask("{\"command\":\"status\"}").path("remotes");
        return remotes.path(remotes.size() - 1);
    }

    /** Starts the daemon without any compilation, and waits until it answers. */
    void start() {
        cairn("__daemon").run().succeeded();
    }

    /** Stops the daemon that runs. */
    void stop() {
        daemon();
        stopIfRunning();
    }

    /** Stops the daemon, without a command, which would be another Java runtime, and waits until it is gone. */
    void stopIfRunning() {
        List<Long> running = daemons();
        ask("{\"command\":\"stop\"}");
        running.forEach(Processes::awaitEnd);
    }

    /** Returns the pids of the daemons of this cache directory. */
    List<Long> daemons() {
        return Processes.naming(cache.toString()).stream()
                .filter(this::isDaemon)
                .filter(pid -> !isDaemon(Processes.parent(pid))) // between fork and exec
                .toList();
    }

    private boolean isDaemon(long pid) {
        return Processes.commandLine(pid).contains("dev.cairn.wrapper.Main\0daemon\0" + cache + "\0");
    }

    long daemon() {
        List<Long> daemons = daemons();
        assertThat(daemons).as("daemons of %s", cache).hasSize(1);
        return daemons.getFirst();
    }

    /** Sends a signal to a process of this test. */
    void signal(String name, long pid) {
        bare("kill", "-" + name, "--", Long.toString(pid)).run().succeeded();
    }

    void killDaemon() {
        long pid = daemon();
        signal("KILL", pid);
        Processes.awaitEnd(pid);
    }

    // End

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        if (tests++ > 0) {
            work = Files.createDirectory(root.resolve("work" + tests));
            ask("{\"command\":\"clear\"}");
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        if (!shared) {
            end(context);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (shared) {
            end(context);
        }
    }

    private void end(ExtensionContext context) throws IOException {
        List<Long> left = List.of();
        String errors = "";
        try {
            ask("{\"command\":\"stop\"}");
            errors = logErrors();
            await().atMost(PATIENCE)
                    .until(() -> Processes.naming(root.toString()).isEmpty());
        } finally {
            left = Processes.naming(root.toString());
            left.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
            remove(root);
        }
        assertThat(left).as("processes left behind").isEmpty();
        if (!errorsExpected && context.getExecutionException().isEmpty()) {
            assertThat(errors).as("errors in daemon.log").isEmpty();
        }
    }

    private String logErrors() throws IOException {
        Path log = cache.resolve("run/daemon.log");
        if (!Files.isReadable(log)) {
            return "";
        }
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            return lines.filter(
                            line -> line.contains("ERROR") || line.contains("Exception") || line.startsWith("\tat "))
                    .collect(Collectors.joining("\n"));
        }
    }

    /** Removes a directory with everything in it. */
    static void remove(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
