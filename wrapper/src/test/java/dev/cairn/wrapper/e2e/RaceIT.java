package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The compiler is started beside a question that the remote takes long to answer, and the first of both wins. */
class RaceIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Takes a compiler some seconds. */
    private static final String SLOW = IntStream.range(0, 600)
            .mapToObj(
                    n -> "int f" + n + "(int a, int b) { for (int i = 0; i < a; i++) b ^= (b << 3) + a * i; return b % "
                            + (n + 3) + "; }\n")
            .collect(Collectors.joining());

    @RegisterExtension
    final Sandbox box = new Sandbox();

    private RemoteServer server;
    private Gate gate;

    @BeforeEach
    void open() throws IOException {
        server = RemoteServer.http(box.root.resolve("server"));
        gate = new Gate(server.port());
    }

    /** The daemon goes first: what it uploads has not failed because a test is over. */
    @AfterEach
    void close() throws IOException {
        box.stopIfRunning();
        gate.close();
        server.close();
    }

    private Command compile(String compiler) {
        return compile(compiler, "slow.o");
    }

    private Command compile(String compiler, String object) {
        return box.bare(compiler, "-O2", "-c", box.work.resolve("slow.c").toString(), "-o", object, "-MD");
    }

    private Command shared(Command command) {
        return shared(command, server);
    }

    private Command throughTheGate(Command command) {
        return shared(command, server.behind(gate.port()));
    }

    private Command shared(Command command, RemoteServer store) {
        return store.share(command)
                .after(box.launcher().toString())
                .env("CAIRN_REMOTE_TIMEOUT", "30s")
                .env("CAIRN_REMOTE_HEAD_START", "1ms");
    }

    /** Compiles on a machine that shares, and has the next request come from one with an empty cache. */
    private void shareFirst(Supplier<Command> compilation) {
        box.write(".git/HEAD", "ref: refs/heads/main\n");
        box.useCache(box.root.resolve("cache-first"));
        shared(compilation.get()).env("CAIRN_REMOTE_HEAD_START", "30s").run().succeeded();
        assertThat(server.share(box.cairn("stop", "--drain", "--timeout", "60"))
                        .run()
                        .succeeded()
                        .outText())
                .contains("uploads done");
        box.useCache(box.root.resolve("cache-second"));
        box.start();
    }

    private static void awaitCompiler(Command.Running running, String compiler) {
        Processes.awaitDescendant(running.process(), compiler.equals("gcc") ? "cc1" : compiler);
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    /** What compilers have not yet made theirs; the tests keep what they were told in the same place. */
    private List<String> temporaries() throws IOException {
        return names(box.root.resolve("scratch")).stream()
                .filter(name -> name.startsWith("cc") || name.startsWith("slow"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang"})
    void anAnswerThatComesFirstStopsTheCompiler(String compiler) throws IOException {
        box.write("slow.c", SLOW);
        compile(compiler).run().succeeded();
        byte[] object = box.read("slow.o");
        byte[] rules = box.read("slow.d");
        box.delete("slow.o");
        box.delete("slow.d");
        shareFirst(() -> compile(compiler));
        List<String> made = names(box.work);
        box.delete("slow.o");
        box.delete("slow.d");
        gate.set(Gate.Way.HELD);
        var before = box.stats();
        Command.Running running = throughTheGate(compile(compiler)).start();
        awaitCompiler(running, compiler);
        gate.release();
        Result result = running.end().succeeded();
        assertThat(result.errText() + result.outText()).isEmpty();
        assertThat(box.outcomeSince(before)).isEqualTo(new Outcome("hit", "remote", ""));
        assertThat(box.read("slow.o")).isEqualTo(object);
        assertThat(box.read("slow.d")).isEqualTo(rules);
        assertThat(names(box.work)).isEqualTo(made);
        assertThat(temporaries()).isEmpty();
        assertThat(Processes.naming(box.work + "/slow.c")).isEmpty();
        assertThat(box.explain("slow.o").path("details").toString()).contains("stopped when the remote");
    }

    @Test
    void aCompilerThatIsFasterWinsAndItsResultIsStored() throws IOException {
        box.write("slow.c", "int quick;\n");
        shareFirst(() -> compile("gcc"));
        gate.set(Gate.Way.HELD);
        var before = box.stats();
        Command command = throughTheGate(compile("gcc"));
        command.run().succeeded();
        assertThat(box.outcomeSince(before)).isEqualTo(new Outcome("miss", "first_seen", ""));
        assertThat(box.explain("slow.o").path("details").toString())
                .contains("the compiler was faster than the remote");
        assertThat(box.outcome(command).isHit()).isTrue();
    }

    /** The daemon's log is read when the test is over. */
    @Test
    void aDaemonThatEndsWhileItAsksDoesNotBlameTheStore() {
        box.write("slow.c", "int quick;\n");
        gate.set(Gate.Way.HELD);
        assertThat(box.outcome(throughTheGate(compile("gcc"))).word()).isEqualTo("miss");
        box.stop();
    }

    @Test
    void whatTheCompilerHasPrintedIsPrintedOnce() throws IOException {
        box.write("slow.c", "#warning said\n" + SLOW);
        shareFirst(() -> compile("gcc"));
        gate.set(Gate.Way.HELD);
        var before = box.stats();
        Command.Running running = throughTheGate(compile("gcc")).start();
        await("warning").atMost(PATIENCE).until(() -> Files.size(running.err()) > 0);
        gate.release();
        assertThat(running.end().succeeded().errText()).containsOnlyOnce("warning: #warning said");
        assertThat(box.outcomeSince(before).word()).isEqualTo("miss");
    }

    @Test
    void anAnswerThatCannotBeDeliveredIsCompiledOnceMore() throws IOException {
        box.write("slow.c", SLOW);
        Files.createDirectory(box.work.resolve("made"));
        Supplier<Command> bare = () -> compile("gcc", "made/slow.o");
        shareFirst(bare);
        gate.set(Gate.Way.HELD);
        var before = box.stats();
        Command.Running running = throughTheGate(bare.get()).start();
        awaitCompiler(running, "gcc");
        box.delete("made/slow.o");
        box.delete("made/slow.d");
        box.delete("made");
        gate.release();
        Result failed = running.end();
        assertThat(failed.exit()).isEqualTo(bare.get().run().exit()).isPositive();
        assertThat(failed.errText()).isEqualTo(bare.get().run().errText());
        assertThat(box.outcomeSince(before).notStored()).isEqualTo("undelivered");
        Files.createDirectory(box.work.resolve("made"));
        assertThat(box.outcome(shared(bare.get())).isHit()).isTrue();
    }

    @Test
    void aLauncherThatIsKilledMeanwhileLeavesTheDaemonWell() throws IOException {
        box.write("slow.c", SLOW);
        shareFirst(() -> compile("clang"));
        gate.set(Gate.Way.HELD);
        var before = box.stats();
        Command command = throughTheGate(compile("clang"));
        Command.Running running = command.start();
        awaitCompiler(running, "clang");
        box.signal("KILL", running.process().pid());
        running.end();
        assertThat(box.outcomeSince(before).notStored()).isEqualTo("killed");
        gate.release();
        assertThat(box.outcome(command)).isNotNull();
    }
}
