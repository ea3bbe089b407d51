package dev.cairn.wrapper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

final class CommandLineToolTest {
    private static final String STATUS = """
            {"ok": true, "pid": 4711, "version": "1.2.3", "protocol": 1, "endpoint": "/e", "cache_dir": "/c",
             "started": 1, "uptime_seconds": 7200, "open_requests": 0, "rss_bytes": 1048576, "heap_used_bytes": 1,
             "store": {"state": "open", "error": null},
             "remotes": [{"url": "s3://b", "state": "open", "line": "s3://b: does not work at the moment"}], "settings": {}, "settings_problems": ["x is bad"]}
            """;

    private static final String STATS = """
            {"ok": true, "since": 0, "requests": 1310,
             "hits": {"memory": 900, "disk": 200, "remote": 0, "total": 1100}, "misses": 100, "recached": 3,
             "passthroughs": 52, "errors": 0, "failed_compilations": 1, "stored": 99, "not_stored": 4,
             "miss_reasons": {"first_seen": 10, "header_changed": 90, "evicted": 0},
             "passthrough_reasons": {"not_a_compilation": 50, "brand_new": 2},
             "not_stored_reasons": {"time_macro": 4}, "error_reasons": {},
             "uploads": {"queued": 0, "done": 0, "failed": 0},
             "cache": {"artifacts": 99, "bytes": 5368709120, "budget": 10737418240, "evictions": 0},
             "hit_micros": {"count": 1100, "p50": 640, "p99": 2100},
             "miss_overhead_micros": {"count": 100, "p50": 9000, "p99": 1500000}}
            """;

    private final Cli cli;

    CommandLineToolTest(@TempDir Path directory) throws IOException {
        this.cli = new Cli(directory);
    }

    @ParameterizedTest
    @ValueSource(strings = {"help", "--help", "-h"})
    void helpNamesEveryCommandAndVariableAndNeedsNoInstallation(String word) {
        assertThat(withoutInstallation(word)).isZero();
        assertThat(cli.run(word)).isZero();
        for (Subcommand subcommand : Subcommand.ALL) {
            assertThat(cli.out()).contains("\n  " + subcommand.word());
        }
        assertThat(cli.out())
                .contains("cairn g++ -c", "CMAKE_CXX_COMPILER_LAUNCHER", "ln -s", "CAIRN_DIR", "CAIRN_CONFIG");
        assertThat(cli.out().lines().mapToInt(String::length).max().orElse(0)).isLessThanOrEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"version", "--version", "-V"})
    void versionNeedsNoInstallation(String word) {
        assertThat(withoutInstallation(word)).isZero();
        cli.run(word);
        assertThat(cli.out()).startsWith("cairn ");
    }

    @Test
    void everyCommandHasHelp() {
        for (Subcommand subcommand : Subcommand.ALL) {
            assertThat(cli.run("help", subcommand.word())).isZero();
            String help = cli.out();
            assertThat(help).startsWith("Usage: cairn " + subcommand.word()).contains(subcommand.summary());
            assertThat(cli.run(subcommand.word(), "--help")).isZero();
            assertThat(cli.out()).isEqualTo(help);
        }
    }

    @Test
    void completionIsAShellScriptThatNamesTheCommands() throws Exception {
        assertThat(cli.run("completion")).isZero();
        assertThat(cli.out()).contains("complete -F", "doctor", "--zero");
        Path script = Files.writeString(cli.directory.resolve("completion"), cli.out());
        assertThat(ExternalCommand.run(List.of("sh", "-c", "! command -v bash || bash -n " + script)))
                .hasValue(0);
    }

    @Test
    void whatIsNotUnderstoodExitsWithTwoAndOneLine() {
        for (List<String> args : List.of(
                List.of("statz"),
                List.of("stats", "--jsn"),
                List.of("stats", "file"),
                List.of("stop", "--json"),
                List.of("help", "nothing"),
                List.of("explain"),
                List.of("explain", "a.o", "--last"),
                List.of("explain", "a.o", "b.o"),
                List.of("--json"))) {
            assertThat(cli.run(args.toArray(String[]::new))).as("%s", args).isEqualTo(ExitCode.USAGE);
            assertThat(cli.out()).isEmpty();
            assertThat(cli.err())
                    .as("%s", args)
                    .startsWith("cairn: ")
                    .contains("cairn help")
                    .hasLineCount(1);
        }
        cli.run("statz");
        assertThat(cli.err()).contains("did you mean stat");
        assertThat(cli.run()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void withoutTheLauncherCommandsSayWhatToRun() {
        assertThat(withoutInstallation("stats")).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void aPathThatJavaCannotNameIsOneLine() {
        assertThat(cli.run("explain", "a\0b")).isEqualTo(ExitCode.FAILED);
        assertThat(cli.err())
                .startsWith("cairn: cannot name this file")
                .contains("a?b")
                .hasLineCount(1);
    }

    @Test
    void statusHasTheSameFieldsWithAndWithoutADaemon() throws IOException {
        assertThat(cli.run("status", "--json")).isEqualTo(ExitCode.NO_DAEMON);
        ObjectNode absent = cli.json();
        assertThat(absent.path("running").asBoolean()).isFalse();
        assertThat(absent.path("pid").isNull()).isTrue();
        assertThat(absent.path("version").asString()).isEqualTo("1.2.3");
        assertThat(absent.path("cache_dir").asString())
                .isEqualTo(cli.installation.cacheDirectory().toString());
        assertThat(absent.path("settings").path("path_remap").asString()).isEqualTo("auto");
        try (CannedDaemon _ = cli.daemon(question -> STATUS)) {
            assertThat(cli.run("status", "--json")).isZero();
            assertThat(cli.json().propertyNames()).isEqualTo(absent.propertyNames());
            assertThat(cli.json().path("running").asBoolean()).isTrue();
            assertThat(cli.json().path("store").propertyNames())
                    .isEqualTo(absent.path("store").propertyNames());
            assertThat(cli.run("status")).isZero();
            assertThat(cli.out())
                    .startsWith("running, pid 4711, for 2 h 0 min")
                    .contains("x is bad", "store      open", "remote     s3://b: does not work");
        }
        assertThat(cli.run("status")).isEqualTo(ExitCode.NO_DAEMON);
        assertThat(cli.out()).startsWith("not running");
    }

    @Test
    void statsShowsRatesReasonsAndTheirMeaning() throws IOException {
        try (CannedDaemon daemon = cli.daemon(question -> STATS)) {
            assertThat(cli.run("stats")).isZero();
            assertThat(cli.out())
                    .contains("Hits                 1,100  91.7 % of hits and misses")
                    .contains("memory               900  81.8 % of hits")
                    .doesNotContain("remote ")
                    .contains("        90  header_changed         a header or other input has other content")
                    .contains("         2  brand_new\n")
                    .doesNotContain("evicted")
                    .contains("Recached                 3")
                    .contains("5.0 GiB of 10.0 GiB [############------------] 50.0 %")
                    .contains("half within 640 us, 99 % within 2.10 ms")
                    .doesNotContain("\u001b")
                    .doesNotContain("Errors", "Uploads");
            assertThat(cli.out().indexOf("header_changed")).isLessThan(cli.out().indexOf("first_seen"));
            cli.coloured = true;
            cli.run("stats");
            assertThat(cli.out()).contains("\u001b[1mHits\u001b[0m                 1,100");
            assertThat(daemon.questions().getFirst().path("command").asString()).isEqualTo("stats");
        }
    }

    @Test
    void statsAsJsonIsTheReplyWithoutOk() throws IOException {
        try (CannedDaemon daemon = cli.daemon(question -> STATS)) {
            assertThat(cli.run("stats", "--json")).isZero();
            ObjectNode expected = Json.parse(STATS.getBytes(StandardCharsets.UTF_8));
            expected.remove("ok");
            assertThat(cli.json()).isEqualTo(expected);
            cli.run("stats", "--zero", "--json");
            assertThat(daemon.questions().getLast().path("command").asString()).isEqualTo("zero");
            assertThat(cli.json()).isEqualTo(expected);
            assertThat(cli.run("stats", "--zero")).isZero();
            assertThat(cli.out()).isEqualTo("Counters set to zero\n");
        }
    }

    @Test
    void aReplyWithoutFieldsIsShownAsZeros() throws IOException {
        try (CannedDaemon _ = cli.daemon(question -> "{\"ok\": true}")) {
            for (String command : List.of("status", "stats", "clear")) {
                assertThat(cli.run(command)).as(command).isZero();
                assertThat(cli.err()).isEmpty();
            }
        }
    }

    @Test
    void clearSaysWhatWasRemoved() throws IOException {
        try (CannedDaemon _ = cli.daemon(question -> "{\"ok\": true, \"artifacts\": 1234, \"bytes\": 2048}")) {
            assertThat(cli.run("clear")).isZero();
            assertThat(cli.out()).isEqualTo("Removed 1,234 results, 2.0 KiB\n");
        }
    }

    @Test
    void explainAsksForTheAbsolutePathAndShowsTheEvent() throws IOException {
        try (CannedDaemon daemon = cli.daemon(question -> """
                {"ok": true, "found": true, "event": {"time": 0, "outcome": "miss", "reason": "header_changed",
                 "details": ["a.h: other content", "evil \\u001b[2J"], "compiler": "/usr/bin/g++",
                 "arguments": ["g++", "-c", "a.cc"], "directory": "/d", "source": "a.cc", "output": "/d/a.o",
                 "context_key": "c0", "artifact_key": "a0", "exit_code": 0, "stored": false,
                 "not_stored_reason": "time_macro", "phases": {"recall": 12, "parse": 1500}}}
                """)) {
            assertThat(cli.run("explain", "sub/../a.o")).isZero();
            assertThat(cli.out())
                    .startsWith(
                            "miss, header_changed: a header or other input has other content\n  a.h: other content\n")
                    .contains(
                            "evil ?[2J",
                            "not stored, time_macro: ",
                            "g++ -c a.cc",
                            "exit code   0",
                            "recall 12 us, parse 1.50 ms");
            assertThat(daemon.questions().getFirst().path("output").asString())
                    .isEqualTo(cli.directory.resolve("a.o").toString());
            assertThat(cli.run("explain", "--last", "--json")).isZero();
            assertThat(daemon.questions().getLast().path("last").asBoolean()).isTrue();
            assertThat(cli.json().path("event").path("outcome").asString()).isEqualTo("miss");
        }
    }

    @Test
    void explainOfSomethingUnknownFails() throws IOException {
        try (CannedDaemon _ = cli.daemon(question -> "{\"ok\": true, \"found\": false, \"event\": null}")) {
            assertThat(cli.run("explain", "a.o")).isEqualTo(ExitCode.FAILED);
            assertThat(cli.err()).contains("nothing is remembered about a.o").hasLineCount(1);
            assertThat(cli.run("explain", "a.o", "--json")).isEqualTo(ExitCode.FAILED);
            assertThat(cli.json().path("found").asBoolean()).isFalse();
        }
    }

    @Test
    void aRefusalAndAWrongAnswerAreOneLineAndFail() throws IOException {
        for (String answer : List.of("{\"ok\": false, \"error\": \"store is closed\"}", "[]", "nonsense", "")) {
            try (CannedDaemon _ = cli.daemon(question -> answer)) {
                assertThat(cli.run("stats", "--json")).isEqualTo(ExitCode.FAILED);
                assertThat(cli.out()).isEmpty();
                assertThat(cli.err()).as(answer).startsWith("cairn: ").hasLineCount(1);
                assertThat(cli.run("status")).isEqualTo(ExitCode.FAILED);
            } finally {
                Files.deleteIfExists(cli.installation.endpoint());
            }
        }
    }

    @Test
    void commandsThatNeedADaemonHaveTheLauncherStartOne() throws IOException {
        Path asked = cli.directory.resolve("asked");
        cli.install("echo noise; echo \"$@\" >>" + asked + "; echo 'no memory' >&2; exit 1");
        for (List<String> args :
                List.of(List.of("stats"), List.of("clear"), List.of("explain", "--last"), List.of("start"))) {
            assertThat(cli.run(args.toArray(String[]::new))).as("%s", args).isEqualTo(ExitCode.FAILED);
            assertThat(cli.out()).isEmpty();
            assertThat(cli.err()).contains("the daemon did not start");
        }
        assertThat(asked).content().isEqualTo("__daemon\n".repeat(4));
        cli.run("status");
        cli.run("stop");
        cli.run("config");
        assertThat(asked).content().hasLineCount(4);
    }

    @Test
    void startSaysThePidAndWhetherItRanAlready() throws IOException {
        try (CannedDaemon _ = cli.daemon(question -> STATUS)) {
            assertThat(cli.run("start")).isZero();
            assertThat(cli.out()).isEqualTo("Daemon already running, pid 4711\n");
        }
    }

    @Test
    void stopWaitsForTheProcess() throws Exception {
        Process process = new ProcessBuilder("sleep", "60").start();
        try (CannedDaemon _ = cli.daemon(question -> {
            process.destroy();
            return "{\"ok\": true, \"pid\": " + process.pid() + "}";
        })) {
            assertThat(cli.run("stop")).isZero();
            assertThat(cli.out()).isEqualTo("Daemon stopped, pid " + process.pid() + "\n");
            assertThat(process.waitFor(1, TimeUnit.SECONDS)).isTrue();
        }
        Files.deleteIfExists(cli.installation.endpoint());
        assertThat(cli.run("stop")).isZero();
        assertThat(cli.out()).isEqualTo("No daemon runs\n");
    }

    @Test
    void configShowsValuesOriginsAndProblems() {
        cli.environment.put("CAIRN_MAX_SIZE", "20G");
        assertThat(cli.run("config")).isZero();
        assertThat(cli.out())
                .contains("max_size      20GB      CAIRN_MAX_SIZE")
                .contains("disable       false     default");
        cli.environment.put("CAIRN_RECACHE", "perhaps");
        assertThat(cli.run("config", "--json")).isEqualTo(ExitCode.FAILED);
        assertThat(cli.json().path("settings").path("max_size").asLong()).isEqualTo(20_000_000_000L);
        assertThat(cli.json().path("origins").path("max_size").asString()).isEqualTo("CAIRN_MAX_SIZE");
        assertThat(cli.json().path("problems").get(0).asString()).startsWith("CAIRN_RECACHE: \"perhaps\" is not");
        assertThat(cli.json().path("file").asString()).endsWith("/.config/cairn/config.toml");
        assertThat(cli.json().path("file_exists").asBoolean()).isFalse();
    }

    @Test
    void everyCommandAndExitCodeIsInTheManual() throws IOException {
        Path page = Stream.iterate(Path.of("").toAbsolutePath(), path -> path != null, Path::getParent)
                .map(path -> path.resolve("docs/manual.md"))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
        List<String> documented = Files.readAllLines(page).stream()
                .filter(line -> line.startsWith("| `cairn "))
                .map(line -> line.substring("| `cairn ".length(), line.indexOf('`', 3)))
                .toList();
        assertThat(documented)
                .containsExactlyElementsOf(
                        Subcommand.ALL.stream().map(Subcommand::synopsis).toList());
        for (String word : Reasons.words().keySet()) {
            assertThat(Files.readString(page)).contains("| `" + word + "` |");
        }
    }

    private static final String NOT_RUNNING = "{\"ok\": true, \"pid\": 2147483647}";

    @Test
    void stopWaitsForTheRecordsToo() throws IOException {
        List<String> states = new ArrayList<>(
                List.of(
                        "{\"ok\": true, \"queued\": 1, \"done\": 1, \"records\": 1}",
                        "{\"ok\": true, \"queued\": 0, \"done\": 2, \"records\": 1}",
                        "{\"ok\": true, \"queued\": 0, \"done\": 2, \"records\": 0, \"records_failed\": 1, \"record_fault\": \"403\"}"));
        try (CannedDaemon daemon = cli.daemon(
                question -> Json.text(question, "command").equals("drain") ? states.removeFirst() : NOT_RUNNING)) {
            assertThat(cli.run("stop", "--drain")).isZero();
            assertThat(daemon.questions()).hasSize(4);
        }
        assertThat(states).isEmpty();
        assertThat(cli.out()).startsWith("2 uploads done\n");
        assertThat(cli.err())
                .isEqualTo("cairn: no record was left of 1 builds, for: cairn warm (403); the next build leaves one\n");
    }

    @Test
    void stopSaysInOneLineWhatIsLeft() throws IOException {
        try (CannedDaemon daemon =
                cli.daemon(question -> Json.text(question, "command").equals("drain")
                        ? "{\"ok\": true, \"queued\": 0, \"done\": 2, \"records\": 3}"
                        : NOT_RUNNING)) {
            assertThat(cli.run("stop", "--drain", "--timeout", "0")).isEqualTo(1);
            assertThat(daemon.questions()).hasSize(2);
        }
        assertThat(cli.err())
                .isEqualTo("cairn: the records of 3 builds are not left after 0 s; the next build leaves one\n");
    }

    @Test
    void coloursAreOffUnderNoColorAndOnADumbTerminal() {
        assertThat(Terminal.ofProcess(Map.of("NO_COLOR", "1", "TERM", "xterm")).bad("x"))
                .isEqualTo("x");
        assertThat(Terminal.ofProcess(Map.of("TERM", "dumb")).bad("x")).isEqualTo("x");
    }

    private int withoutInstallation(String... args) {
        Terminal terminal = new Terminal(
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                () -> false);
        return CommandLineTool.run(List.of(args), terminal, Optional::empty);
    }
}
