package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A daemon that dies, hangs, lies or is another one costs some time at most. */
class DaemonTroubleIT {
    @RegisterExtension
    final Sandbox box = new Sandbox();

    @Test
    @Tag("heavy")
    void aDaemonKilledDuringABuildBreaksNothing() {
        Project project = Project.of(box, 40, "make", "-s");
        Command build = box.bare("make", "-s", "-j4", project.makeArgument());
        Command.Running running = build.start();
        for (int kills = 1; kills <= 3; kills++) {
            int built = 8 * kills;
            await("objects")
                    .atMost(Duration.ofMinutes(1))
                    .pollInterval(Duration.ofMillis(2))
                    .until(() ->
                            project.objects() >= built || !running.process().isAlive());
            box.daemons().forEach(pid -> box.signal("KILL", pid));
        }
        running.end().succeeded();
        project.assertBuilt();
        box.start(); // forgets the trouble
        for (int i = 0; i < 2; i++) {
            project.clean();
            build.run().succeeded();
            project.assertBuilt();
        }
        assertThat(box.stats().path("hits").path("total").asInt()).isGreaterThanOrEqualTo(40);
    }

    @Test
    @Tag("heavy")
    void ofManyFirstLaunchersOneStartsTheDaemon() {
        box.write("all.h", "#define BASE 100\n");
        List<byte[]> wanted = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            box.write("f" + i + ".c", "#include \"all.h\"\nint f = BASE + " + i / 2 + ";\n");
            box.bare("gcc", "-c", "f" + i + ".c", "-o", "bare.o").run().succeeded();
            wanted.add(box.read("bare.o"));
        }
        Set<Long> daemons = ConcurrentHashMap.newKeySet();
        List<Command.Running> launchers = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            launchers.add(
                    box.cairn("gcc", "-c", "f" + i + ".c", "-o", "f" + i + ".o").start());
        }
        await("launchers")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> {
                    daemons.addAll(box.daemons());
                    return launchers.stream()
                            .noneMatch(launcher -> launcher.process().isAlive());
                });
        for (int i = 0; i < 64; i++) {
            Result result = launchers.get(i).end().succeeded();
            assertThat(result.errText()).isEmpty();
            assertThat(box.read("f" + i + ".o")).isEqualTo(wanted.get(i));
        }
        daemons.addAll(box.daemons());
        assertThat(daemons).as("daemons ever seen").hasSize(1);
        assertThat(box.stats().path("requests").asInt()).as("served").isGreaterThan(0);
    }

    @Test
    void ofTwoDaemonsThatStartAsAKilledLauncherDidNotFinishOneGoesOn() {
        box.write("foo.c", "int foo;\n");
        Command compile = box.cairn("gcc", "-c", "foo.c", "-o", "foo.o");
        for (int i = 0; i < 5; i++) {
            Command.Running first = compile.start();
            await("a daemon that does not listen yet")
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> box.daemons().size() == 1);
            box.signal("KILL", first.process().pid());
            compile.run().succeeded();
            await("one daemon").until(() -> box.daemons().size() == 1);
            assertThat(box.stats()
                            .path("passthrough_reasons")
                            .path("store_unavailable")
                            .asInt())
                    .isZero();
            assertThat(box.outcome(compile).isHit()).isTrue();
            box.stop();
        }
    }

    @Test
    @Tag("heavy")
    void aHungDaemonIsWaitedForAFewTimesOnly() {
        box.write("foo.c", "int foo;\n");
        box.likeBare("gcc", "-c", "foo.c", "-o", "foo.o");
        long daemon = box.daemon();
        box.signal("STOP", daemon);
        int failures;
        try {
            for (int i = 0; i < 20; i++) {
                box.sameWithoutDaemon(box.bare("gcc", "-c", "foo.c", "-o", "foo.o"));
            }
            failures = (int) box.cache().resolve("run/trouble").toFile().length();
        } finally {
            box.signal("CONT", daemon);
        }
        assertThat(failures).as("waits, counted by the launchers").isBetween(1, 4);
        box.start(); // forgets the trouble
        assertThat(box.daemon()).as("the same daemon").isEqualTo(daemon);
        assertThat(box.outcome("gcc", "-c", "foo.c", "-o", "foo.o").isHit()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "ffffffff82",
                "05000000810000",
                "0a00000082ffffffffffffffffff",
                "06000000850100000041",
                "170000008200000000000000000100000000b6010000ffffffff"
            })
    void aPeerThatTalksNonsenseIsNotBelieved(String reply) throws IOException {
        box.write("foo.c", "int foo;\n");
        Command compile = box.bare("gcc", "-c", "foo.c", "-o", "foo.o");
        Path socket = box.cache().resolve("run").resolve(version() + ".sock");
        Files.createDirectories(
                socket.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(socket));
            Thread.ofPlatform()
                    .daemon()
                    .start(() -> answer(listener, HexFormat.of().parseHex(reply)));
            for (int i = 0; i < 3; i++) {
                box.sameWithoutDaemon(compile);
            }
        }
        Files.delete(socket);
    }

    private static void answer(ServerSocketChannel listener, byte[] reply) {
        while (listener.isOpen()) {
            try (SocketChannel connection = listener.accept()) {
                connection.read(ByteBuffer.allocate(65536));
                connection.write(ByteBuffer.wrap(reply));
            } catch (IOException e) {
                // The launcher went away, or the test is over.
            }
        }
    }

    private String version() {
        return DaemonSocket.parse(box.cairn("status", "--json").run().outText())
                .path("version")
                .asString();
    }

    @Test
    void twoVersionsOnOneCacheDirectoryBothBuild() {
        box.write("foo.c", "int foo;\n");
        Command compile = box.bare("gcc", "-c", "foo.c", "-o", "foo.o");
        Distribution other = Distribution.copyTo(box.root.resolve("other"));
        other.compileLauncher(box, "0.0.0-other");
        for (int i = 0; i < 3; i++) {
            for (Path launcher : new Path[] {Sandbox.distribution().resolve("bin/cairn"), other.launcher()}) {
                box.useLauncher(launcher);
                box.sameWithoutDaemon(compile);
            }
        }
        assertThat(box.daemons()).as("one for each version").hasSize(2);
        assertThat(box.cache().resolve("run/0.0.0-other.sock")).exists();
        box.useLauncher(other.launcher());
        box.cairn("stop").run().succeeded();
        assertThat(box.daemons()).as("that of the other version").hasSize(1);
        box.useLauncher(Sandbox.distribution().resolve("bin/cairn"));
        assertThat(box.outcome("gcc", "-c", "foo.c", "-o", "foo.o").isHit()).isTrue();
    }

    @Test
    void aSocketOfADeadDaemonIsReplaced() {
        box.write("foo.c", "int foo;\n");
        box.likeBare("gcc", "-c", "foo.c", "-o", "foo.o");
        box.killDaemon();
        assertThat(box.socket()).exists();
        box.sameWithoutDaemon(box.bare("gcc", "-c", "foo.c", "-o", "foo.o"));
        assertThat(box.daemons()).hasSize(1);
    }
}
