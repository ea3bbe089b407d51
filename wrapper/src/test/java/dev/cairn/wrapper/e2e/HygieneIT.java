package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What processes pass on to each other, and what they do not. */
class HygieneIT {
    @RegisterExtension
    final Sandbox box = new Sandbox();

    @Test
    void theDaemonKeepsNothingOfTheBuildThatStartedIt() throws IOException {
        box.write("sub/foo.c", "int foo;\n");
        box.bare("mkfifo", "server").run().succeeded();
        box.write("marker", "");
        // The pipe to cat ends although the daemon lives on, or this never comes back.
        Result result = box.bare(
                        "sh",
                        "-c",
                        "exec 7<>marker 8<>server; cd sub; { readlink /proc/self/fd/1; \"$@\"; } | cat",
                        "sh",
                        box.launcher().toString(),
                        "gcc",
                        "-c",
                        "foo.c")
                .env("SECRET", "of the build")
                .run()
                .succeeded();
        Path pipe = Path.of(result.outText().strip());
        assertThat(pipe.toString()).startsWith("pipe:");

        long daemon = box.daemon();
        Path process = Path.of("/proc", Long.toString(daemon));
        SortedMap<Integer, Path> files = Processes.openFiles(daemon);
        assertThat(files).containsEntry(0, Path.of("/dev/null")).containsEntry(1, Path.of("/dev/null"));
        assertThat(files.get(2)).isEqualTo(box.cache().resolve("run/daemon.log"));
        assertThat(files.values()).doesNotContain(pipe).noneMatch(file -> file.startsWith(box.work));
        assertThat(Files.readSymbolicLink(process.resolve("cwd"))).isEqualTo(Path.of("/"));
        assertThat(Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1))
                .doesNotContain("SECRET")
                .doesNotContain("CAIRN_IDLE_TIMEOUT");
        String stat = Files.readString(process.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        assertThat(fields[3]).as("session").isNotEqualTo(Long.toString(ownSession()));
        assertThat(fields[4]).as("terminal").isEqualTo("0");
    }

    private static long ownSession() throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[3]);
    }

    @Test
    void compilersGetTheDescriptorsAndTheDirectoryThatTheyWouldGet() {
        box.start();
        SlowHeader header = new SlowHeader(box, "wait.h");
        box.write("slow.c", "#include \"wait.h\"\nint after;\n");
        Command bare = box.bare("gcc", "-MD", "-c", "slow.c", "-o", "slow.o");
        String[][] seen = new String[2][];
        for (int withCairn = 0; withCairn < 2; withCairn++) {
            Command.Running running = (withCairn == 0
                            ? bare
                            : bare.after(box.launcher().toString()))
                    .afterShell("exec 9<slow.c")
                    .start();
            long compiler = header.awaitReader(running.process());
            seen[withCairn] = new String[] {
                Processes.openFiles(compiler).keySet().toString(),
                Processes.openFiles(Processes.parent(compiler)).keySet().toString(),
                environment(compiler).remove("CAIRN_INNER") + "",
                environment(compiler).keySet().stream()
                        .filter(name -> !name.equals("CAIRN_INNER") && !name.equals("_"))
                        .sorted()
                        .toList()
                        .toString()
            };
            box.signal("KILL", compiler);
            running.end();
        }
        header.end();
        assertThat(seen[1][0]).as("descriptors of cc1").isEqualTo(seen[0][0]);
        assertThat(seen[1][1]).as("descriptors of gcc").isEqualTo(seen[0][1]);
        assertThat(seen[1][2]).as("CAIRN_INNER").isEqualTo("1");
        assertThat(seen[1][3]).as("environment of cc1").isEqualTo(seen[0][3]);
    }

    private static Map<String, String> environment(long pid) {
        Map<String, String> environment = new java.util.HashMap<>();
        try {
            String all = Files.readString(Path.of("/proc", Long.toString(pid), "environ"), StandardCharsets.ISO_8859_1);
            for (String variable : all.split("\0", 0)) {
                int equals = variable.indexOf('=');
                environment.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return environment;
    }

    @Test
    void theJobServerReachesTheCompiler() {
        SlowHeader header = new SlowHeader(box, "wait.h");
        box.write("slow.c", "#include \"wait.h\"\nint after;\n");
        box.write("Makefile", "slow.o: slow.c\n\t+$(LAUNCHER) gcc -c slow.c -o slow.o\n");
        Command.Running running =
                box.bare("make", "-j2", "LAUNCHER=" + box.launcher()).start();
        long compiler = header.awaitReader(running.process());
        String flags = environment(compiler).getOrDefault("MAKEFLAGS", "");
        SortedMap<Integer, Path> files = Processes.openFiles(compiler);
        header.end();
        running.end().succeeded();
        Matcher pipe = Pattern.compile("--jobserver-auth=(\\d+),(\\d+)").matcher(flags);
        if (pipe.find()) {
            assertThat(files.get(Integer.valueOf(pipe.group(1)))).asString().startsWith("pipe:");
            assertThat(files.get(Integer.valueOf(pipe.group(2)))).asString().startsWith("pipe:");
        } else {
            assertThat(flags).contains("--jobserver-auth=fifo:");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0<&-", "1>&-", "2>&-", "0<&- 1>&-", "0<&- 1>&- 2>&-", "1>/dev/full", "2>/dev/full"})
    void closedAndFullStreamsAreNoHindranceWhereThereIsNothingToSay(String streams) {
        box.write("foo.c", "int foo;\n");
        asTheCompilerWith(streams);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-", "2>/dev/full"})
    void messagesThatCanNotBeWrittenCountAsForTheCompiler(String streams) {
        box.write("foo.c", "#warning text\nint foo;\n");
        box.likeBare("gcc", "-c", "foo.c", "-o", "foo.o");
        asTheCompilerWith(streams);
    }

    private void asTheCompilerWith(String streams) {
        Command bare = box.bare("gcc", "-c", "foo.c", "-o", "foo.o");
        Command withCairn = bare.after(box.launcher().toString());
        for (int i = 0; i < 2; i++) {
            box.likeBare(bare.afterShell("exec " + streams), withCairn.afterShell("exec " + streams));
        }
    }

    @Test
    void noDaemonIsLeftWithinABuildsProcessGroup() {
        box.write("foo.c", "int foo;\n");
        Observer.Observed observed = new Observer(box).start(box.cairn("gcc", "-c", "foo.c", "-o", "foo.o"));
        assertThat(observed.status()).isZero();
        long daemon = box.daemon();
        // Nobody is left in the group; kill says so by failing.
        assertThat(box.bare("kill", "-TERM", "--", "-" + observed.pid()).run().exit())
                .isNotZero();
        assertThat(Processes.isAlive(daemon)).isTrue();
    }
}
