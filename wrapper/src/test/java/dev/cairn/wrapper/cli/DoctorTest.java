package dev.cairn.wrapper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DoctorTest {
    private static final String STATUS =
            "{\"ok\": true, \"pid\": 1, \"store\": {\"state\": \"open\", \"error\": null}}";

    private final Path directory;
    private final Cli cli;

    DoctorTest(@TempDir Path directory) throws IOException {
        this.directory = directory;
        this.cli = new Cli(directory);
    }

    @Test
    void aSoundInstallationPasses() throws IOException {
        cli.install("exit 0");
        cli.environment.put(
                "PATH", Cli.executable(directory.resolve("bin/gcc"), "").getParent() + "");
        try (CannedDaemon _ = cli.daemon(question -> STATUS)) {
            assertThat(cli.run("doctor", "--json")).as(cli.out()).isZero();
            assertThat(cli.json().path("ok").asBoolean()).isTrue();
            assertThat(cli.json()
                            .path("checks")
                            .valueStream()
                            .map(check -> check.path("level").asString()))
                    .as(cli.out())
                    .containsOnly("ok");
            assertThat(cli.json()
                            .path("checks")
                            .valueStream()
                            .map(check -> check.path("name").asString()))
                    .containsExactly(
                            "distribution",
                            "java",
                            "version",
                            "cache directory",
                            "file system",
                            "free space",
                            "reflink",
                            "socket",
                            "daemon",
                            "store",
                            "trouble",
                            "gcc",
                            "settings");
            assertThat(cli.run("doctor")).isZero();
            assertThat(cli.out()).contains("ok   daemon: pid 1 answered in ");
        }
        try (var left = Files.list(cli.installation.cacheDirectory())) {
            assertThat(left).containsExactly(cli.installation.cacheDirectory().resolve("run"));
        }
    }

    @Test
    void whatIsMissingFailsWithAdvice() {
        assertThat(cli.run("doctor")).isEqualTo(ExitCode.FAILED);
        assertThat(cli.out())
                .contains("fail distribution: ", "lib/cairn.jar", "-> install Cairn again")
                .contains("fail java: ")
                .contains("warn daemon: none runs");
    }

    @Test
    void aProblemInTheSettingsIsAWarning() throws IOException {
        cli.install("exit 0");
        cli.environment.put("CAIRN_MAXSIZE", "1G");
        cli.run("doctor");
        assertThat(cli.out()).contains("warn settings: CAIRN_MAXSIZE: no such setting");
    }

    @Test
    void aLauncherOfAnotherVersionFails() {
        Installation other =
                new Installation(directory, directory, directory, directory.resolve("run/1.2.30.sock"), "1.2.3");
        assertThat(new InstallationChecks(other).run())
                .filteredOn(check -> check.name().equals("version"))
                .extracting(Check::level)
                .containsExactly(Check.Level.FAIL);
    }

    @Test
    void aSocketDirectoryOpenToOthersFails() throws IOException {
        Files.setPosixFilePermissions(
                cli.installation.cacheDirectory().resolve("run"), PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(new CacheChecks(cli.installation).run())
                .filteredOn(check -> check.name().equals("socket"))
                .singleElement()
                .satisfies(check -> assertThat(check.level()).isEqualTo(Check.Level.FAIL))
                .satisfies(check -> assertThat(check.advice().orElse("")).startsWith("run: chmod 700 "));
    }

    @Test
    void aCacheDirectoryThatIsAFileFails() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        Installation odd =
                new Installation(directory, directory, file.resolve("cache"), file.resolve("cache/run/1.sock"), "1");
        assertThat(new CacheChecks(odd).run().getFirst().level()).isEqualTo(Check.Level.FAIL);
    }

    @Test
    void theTroubleFileIsReportedWithItsTime() throws IOException {
        Path trouble = Files.writeString(cli.installation.cacheDirectory().resolve("run/trouble"), "xxx");
        Files.setLastModifiedTime(trouble, FileTime.fromMillis(100_000));
        assertThat(trouble(99_000).finding()).startsWith("3 failures").contains("; until ", " compilers run directly");
        assertThat(trouble(101_000).finding()).startsWith("3 failures").contains("the next compilation tries again");
        assertThat(trouble(101_000).level()).isEqualTo(Check.Level.WARN);
    }

    @Test
    void theLastErrorOfTheLogIsAWarningOnlyWhileTheDaemonDoesNotWork() throws IOException {
        Files.writeString(
                cli.installation.cacheDirectory().resolve("run/daemon.log"),
                "1 ERROR first\n2 INFO fine\n3 ERROR second\n4 INFO no error here\n");
        assertThat(log().finding()).isEqualTo("last error: 3 ERROR second");
        assertThat(log().level()).isEqualTo(Check.Level.WARN);
        try (CannedDaemon _ = cli.daemon(question -> STATUS)) {
            assertThat(log().level()).isEqualTo(Check.Level.OK);
        }
    }

    @Test
    void aStoreThatCannotBeOpenedFails() throws IOException {
        try (CannedDaemon _ = cli.daemon(
                question -> "{\"ok\": true, \"store\": {\"state\": \"unavailable\", \"error\": \"disk full\"}}")) {
            assertThat(check("store").finding()).isEqualTo("unavailable: disk full");
            assertThat(check("store").level()).isEqualTo(Check.Level.FAIL);
        }
    }

    @Test
    void cairnBeforeTheCompilerIsFineAndAnotherCacheIsNot() throws IOException {
        Path launcher = Cli.executable(cli.installation.launcher(), "");
        Path masquerade = Files.createDirectories(directory.resolve("masquerade"));
        Path ccache = Cli.executable(directory.resolve("opt/ccache"), "");
        Path others = Files.createDirectories(directory.resolve("others"));
        Path compilers = Cli.executable(directory.resolve("compilers/g++"), "").resolveSibling("");
        Files.createSymbolicLink(masquerade.resolve("g++"), launcher);
        Files.createSymbolicLink(others.resolve("g++"), ccache);

        assertThat(gxx(launcher, compilers)).isEqualTo(Optional.of(Check.ok("g++", compilers.resolve("g++") + "")));
        assertThat(gxx(launcher, masquerade, compilers).map(Check::finding))
                .contains(masquerade.resolve("g++") + " is cairn, before " + compilers.resolve("g++"));
        assertThat(gxx(launcher, masquerade, others, compilers).map(Check::finding))
                .contains(others.resolve("g++") + " is ccache: used with Cairn, everything is cached twice");
        assertThat(gxx(launcher, others, compilers).map(Check::level)).contains(Check.Level.WARN);
        assertThat(gxx(launcher, compilers, others).map(Check::level)).contains(Check.Level.OK);
        assertThat(gxx(launcher, masquerade).map(Check::level)).contains(Check.Level.FAIL);
        assertThat(gxx(launcher, directory)).isEmpty();
    }

    private static Optional<Check> gxx(Path launcher, Path... path) {
        String joined =
                String.join(":", List.of(path).stream().map(Path::toString).toList());
        return new CompilerChecks(launcher, Map.of("PATH", joined))
                .run().stream().filter(check -> check.name().equals("g++")).findFirst();
    }

    private Check trouble(long now) {
        Clock clock = Clock.fixed(Instant.ofEpochMilli(now), ZoneOffset.UTC);
        return new DaemonChecks(cli.installation, new RemoteChecks(cli.installation, cli.environment), clock)
                .run().stream()
                        .filter(check -> check.name().equals("trouble"))
                        .findFirst()
                        .orElseThrow();
    }

    private Check log() {
        return check("daemon.log");
    }

    private Check check(String name) {
        return new DaemonChecks(
                        cli.installation, new RemoteChecks(cli.installation, cli.environment), Clock.systemUTC())
                .run().stream()
                        .filter(check -> check.name().equals(name))
                        .findFirst()
                        .orElseThrow();
    }
}
