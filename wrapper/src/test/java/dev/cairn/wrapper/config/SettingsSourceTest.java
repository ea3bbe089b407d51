package dev.cairn.wrapper.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.remote.RemoteMode;
import dev.cairn.wrapper.config.Settings.PathRemap;
import dev.cairn.wrapper.config.Settings.StrictPaths;
import dev.cairn.wrapper.config.SettingsSource.Resolved;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsSourceTest {
    private final Path home;
    private final AtomicLong clock = new AtomicLong();
    private final SettingsSource source = new SettingsSource();

    SettingsSourceTest(@TempDir Path home) {
        this.home = home;
    }

    @Test
    void anEmptyEnvironmentGivesTheDefaultsWithoutProblems() {
        Resolved resolved = source.resolve(Map.of());
        assertThat(resolved.settings())
                .isEqualTo(new Settings(
                        10L << 30,
                        false,
                        false,
                        PathRemap.AUTO,
                        List.of(),
                        StrictPaths.OFF,
                        false,
                        false,
                        Duration.ofHours(3),
                        RemoteOptions.NONE));
        assertThat(resolved.problems()).isEmpty();
        assertThat(resolved.origins().values()).containsOnly("default");
        assertThat(resolved.origins().keySet())
                .containsExactly(
                        "max_size",
                        "disable",
                        "recache",
                        "path_remap",
                        "worktree_root",
                        "strict_paths",
                        "hard_link",
                        "change_feed",
                        "idle_timeout",
                        "remote",
                        "remote_mode",
                        "remote_namespace",
                        "remote_scope",
                        "remote_read_scopes",
                        "remote_keys",
                        "remote_signing_key_file",
                        "remote_token_file",
                        "remote_client_certificate",
                        "remote_client_key",
                        "remote_upload_limit",
                        "remote_reshare",
                        "remote_prefetch",
                        "remote_miss_filter",
                        "remote_configuration",
                        "remote_timeout",
                        "remote_head_start");
        assertThat(resolved.settings().texts().keySet())
                .containsExactlyElementsOf(resolved.origins().keySet());
    }

    @Test
    void theEnvironmentBeatsTheFileAndTheFileBeatsTheDefault() throws IOException {
        Path file = write("max_size = \"1G\"\nrecache = true\n");
        Resolved resolved = source.resolve(environment("CAIRN_MAX_SIZE", "2G"));
        assertThat(resolved.problems()).isEmpty();
        assertThat(resolved.settings().maxSize()).isEqualTo(2_000_000_000L);
        assertThat(resolved.settings().recache()).isTrue();
        assertThat(resolved.origins())
                .containsEntry("max_size", "CAIRN_MAX_SIZE")
                .containsEntry("recache", file + ":2")
                .containsEntry("disable", "default");
    }

    @Test
    void everyVariableReachesItsSetting() {
        Settings settings = source.resolve(Map.of(
                        "CAIRN_MAX_SIZE", "1Gi",
                        "CAIRN_DISABLE", "1",
                        "CAIRN_RECACHE", "yes",
                        "CAIRN_PATH_REMAP", "off",
                        "CAIRN_WORKTREE_ROOT", "/Work/a:/b/",
                        "CAIRN_STRICT_PATHS", "Consistent",
                        "CAIRN_HARD_LINK", "on",
                        "CAIRN_IDLE_TIMEOUT", "0"))
                .settings();
        assertThat(settings)
                .isEqualTo(new Settings(
                        1L << 30,
                        true,
                        true,
                        PathRemap.OFF,
                        List.of("/Work/a", "/b"),
                        StrictPaths.CONSISTENT,
                        true,
                        false,
                        Duration.ZERO,
                        RemoteOptions.NONE));
        assertThat(settings.values())
                .containsEntry("max_size", 1L << 30)
                .containsEntry("path_remap", "off")
                .containsEntry("idle_timeout_seconds", 0L);
    }

    @Test
    void noLimitIsABudgetThatNothingReaches() {
        assertThat(source.resolve(Map.of("CAIRN_MAX_SIZE", "0")).settings().budget())
                .isEqualTo(Settings.UNLIMITED);
        assertThat(source.resolve(Map.of("CAIRN_MAX_SIZE", "9000000T"))
                        .settings()
                        .budget())
                .isEqualTo(Settings.UNLIMITED);
        assertThat(source.resolve(Map.of("CAIRN_MAX_SIZE", "1G")).settings().budget())
                .isEqualTo(1_000_000_000L);
    }

    @Test
    void everyKeyReachesItsSetting() throws IOException {
        write("""
                max_size = 1073741824
                disable = true
                recache = 1
                path_remap = "off"
                worktree_root = "/Work/a:/b"
                strict_paths = "consistent"
                hard_link = "on"
                idle_timeout = 0
                """);
        Resolved resolved = source.resolve(environment());
        assertThat(resolved.problems()).isEmpty();
        assertThat(resolved.settings())
                .isEqualTo(new Settings(
                        1L << 30,
                        true,
                        true,
                        PathRemap.OFF,
                        List.of("/Work/a", "/b"),
                        StrictPaths.CONSISTENT,
                        true,
                        false,
                        Duration.ZERO,
                        RemoteOptions.NONE));
    }

    @Test
    void anEmptySwitchIsOffAndAnyOtherEmptyVariableIsNotSet() throws IOException {
        write("disable = true\nmax_size = \"1G\"\n");
        Resolved resolved = source.resolve(environment("CAIRN_DISABLE", "", "CAIRN_MAX_SIZE", " ", "CAIRN_CONFIG", ""));
        assertThat(resolved.problems()).isEmpty();
        assertThat(resolved.settings().disabled()).isFalse();
        assertThat(resolved.settings().maxSize()).isEqualTo(1_000_000_000L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max_size = \"5X\"         | max_size = \"5X\" is not a size such as",
                "max_size = 5              | max_size = 5 is not a size such as",
                "max_size = -1             | max_size = -1 is not a size such as",
                "max_size = 1.5            | max_size = this value is not a size such as",
                "max_size = true           | max_size = true is not a size such as",
                "disable = \"maybe\"       | disable = \"maybe\" is not one of 1, true",
                "disable = [true]          | disable = this value is not one of 1, true",
                "path_remap = \"on\"       | path_remap = \"on\" is not one of auto, off; using auto (default)",
                "idle_timeout = 30         | idle_timeout = 30 is not a duration such as",
                "idle_timeout = 1979-05-27 | idle_timeout = this value is not a duration such as",
                "max_sze = 1               | unknown key \"max_sze\"; ignored; did you mean max_size?",
                "zzz = 1                   | unknown key \"zzz\"; ignored",
                "a.b.c = 1                 | unknown key \"a\"; ignored",
                "[cairn]                   | unknown key \"cairn\"; ignored",
                "[a.b]                     | unknown key \"a\"; ignored",
                "\"x\\ny\" = 1             | unknown key \"x?y\"; ignored",
                "[max_size]                | max_size = a table is not a size such as",
                "cache_dir = \"/c\"        | cache_dir cannot be set in a file, because the launcher reads none",
                "dir = \"/c\"              | dir cannot be set in a file, because the launcher reads none",
                "remote = \"ftp://b\"      | remote = not an address of a remote: it must begin with s3://",
            })
    void whatAFileSaysWrongGivesOneLineThatNamesTheLine(String line, String expected) throws IOException {
        Path file = write("# a comment\n\n" + line + "\n");
        Resolved resolved = source.resolve(environment());
        assertThat(resolved.problems()).singleElement().asString().startsWith(file + ":3: " + expected);
        assertThat(resolved.problems().getFirst()).doesNotContain("\n");
        assertThat(resolved.settings()).isEqualTo(Settings.defaults());
    }

    @Test
    void aBadValueIsAsIfItWereNotThere() throws IOException {
        Path file = write("max_size = \"1G\"\nrecache = \"x\"\n");
        Resolved resolved = source.resolve(environment("CAIRN_MAX_SIZE", "5", "CAIRN_RECACHE", "1"));
        assertThat(resolved.settings().maxSize()).isEqualTo(1_000_000_000L);
        assertThat(resolved.settings().recache()).isTrue();
        assertThat(resolved.problems())
                .satisfiesExactly(
                        first -> assertThat(first)
                                .startsWith("CAIRN_MAX_SIZE: \"5\" is not a size")
                                .endsWith("; using 1GB (" + file + ":1)"),
                        second -> assertThat(second)
                                .startsWith(file + ":2: recache = \"x\" is not one of")
                                .endsWith("; using true (CAIRN_RECACHE)"));
    }

    @Test
    void aSyntaxErrorIsOneLineAndTheWholeFileIsIgnored() throws IOException {
        Path file = write("max_size = \"1G\"\ndisable = = true\nrecache [\n");
        Resolved resolved = source.resolve(environment());
        assertThat(resolved.settings()).isEqualTo(Settings.defaults());
        assertThat(resolved.problems())
                .singleElement()
                .asString()
                .startsWith(file + ":2:")
                .contains(": not TOML: ")
                .endsWith("; the file is ignored")
                .doesNotContain("\n");
    }

    @Test
    void aKeySetTwiceIsASyntaxError() throws IOException {
        Path file = write("disable = true\ndisable = false\n");
        assertThat(source.resolve(environment()).problems())
                .singleElement()
                .asString()
                .startsWith(file + ":2:1: not TOML: ");
    }

    @Test
    void aFileThatIsNotUtf8IsIgnored() throws IOException {
        Path file = write("");
        Files.write(file, new byte[] {'a', (byte) 0xff});
        assertThat(source.resolve(environment()).problems())
                .containsExactly(file + ": is not UTF-8; the file is ignored");
    }

    @Test
    void aDirectoryInPlaceOfTheFileIsIgnored() throws IOException {
        Path directory = Files.createDirectories(home.resolve(".config/cairn/config.toml"));
        assertThat(source.resolve(environment()).problems())
                .containsExactly(directory + ": is not a regular file; the file is ignored");
    }

    @Test
    void aFileOfAnotherUserIsIgnored() throws IOException {
        Path file = write("disable = true\n");
        int owner = (Integer) Files.getAttribute(file, "unix:uid");
        if (owner == 0) {
            owner = 4711;
            Files.setAttribute(file, "unix:uid", owner);
        }
        Resolved resolved = new SettingsSource(owner + 1L, clock::get).resolve(environment());
        assertThat(resolved.settings().disabled()).isFalse();
        assertThat(resolved.problems())
                .containsExactly(file + ": belongs to user " + owner + ", not to you or root; the file is ignored");
        assertThat(new SettingsSource(owner, clock::get)
                        .resolve(environment())
                        .settings()
                        .disabled())
                .isTrue();
    }

    @Test
    void aFileThatEverybodyCanWriteIsIgnored() throws IOException {
        Path file = write("disable = true\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        Resolved resolved = source.resolve(environment());
        assertThat(resolved.settings().disabled()).isFalse();
        assertThat(resolved.problems())
                .containsExactly(file + ": can be written by everybody (run chmod o-w on it); the file is ignored");
    }

    @Test
    void aNamedFileIsReadInsteadOfTheDefaultOne() throws IOException {
        write("disable = true\n");
        Path named = Files.writeString(home.resolve("other.toml"), "recache = true\n");
        Settings settings =
                source.resolve(environment("CAIRN_CONFIG", named.toString())).settings();
        assertThat(settings.disabled()).isFalse();
        assertThat(settings.recache()).isTrue();
        assertThat(source.file(environment("CAIRN_CONFIG", named.toString()))).contains(named);
    }

    @Test
    void aNamedFileThatIsMissingIsAProblemAndTheDefaultOneIsNotReadInstead() throws IOException {
        write("disable = true\n");
        Path missing = home.resolve("missing.toml");
        Resolved resolved = source.resolve(environment("CAIRN_CONFIG", missing.toString()));
        assertThat(resolved.settings().disabled()).isFalse();
        assertThat(resolved.problems())
                .containsExactly("CAIRN_CONFIG: " + missing + " does not exist; no settings file is used");
    }

    @Test
    void aNamedFileMustBeAbsolute() {
        assertThat(source.resolve(environment("CAIRN_CONFIG", "cairn.toml")).problems())
                .containsExactly("CAIRN_CONFIG: \"cairn.toml\" is not an absolute path; no settings file is used");
        assertThat(source.resolve(environment("CAIRN_CONFIG", "/a\0b")).problems())
                .hasSize(1);
    }

    @Test
    void theXdgDirectoryIsUsedWhenItIsAbsolute() throws IOException {
        write("disable = true\n");
        Path other = Files.createDirectories(home.resolve("xdg/cairn"));
        Files.writeString(other.resolve("config.toml"), "recache = true\n");
        assertThat(source.resolve(environment(
                                "XDG_CONFIG_HOME", home.resolve("xdg").toString()))
                        .settings()
                        .recache())
                .isTrue();
        assertThat(source.resolve(environment("XDG_CONFIG_HOME", "xdg"))
                        .settings()
                        .disabled())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "CAIRN_MAXSIZE, ; did you mean CAIRN_MAX_SIZE?",
        "CAIRN_DISABLED, ; did you mean CAIRN_DISABLE?",
        "CAIRN_HARDLINK, ; did you mean CAIRN_HARD_LINK?",
        "CAIRN_DIRR, ; did you mean CAIRN_DIR?",
        "CAIRN_SOMETHING_ELSE, ''",
    })
    void anUnknownVariableIsAProblemWithASuggestion(String name, String suggestion) {
        assertThat(source.resolve(Map.of(name, "1")).problems())
                .containsExactly(name + ": no such setting; ignored" + suggestion);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CAIRN_DIR", "CAIRN_INNER", "CAIRNS", "CCACHE_DIR"})
    void variablesOfOthersAreNoProblem(String name) {
        assertThat(source.resolve(Map.of(name, "1")).problems()).isEmpty();
    }

    @Test
    void everyRemoteVariableReachesItsSetting() {
        Resolved resolved = source.resolve(Map.ofEntries(
                Map.entry("CAIRN_REMOTE", "s3://bucket/a/b?endpoint=http://127.0.0.1:9000&region=auto"),
                Map.entry("CAIRN_REMOTE_MODE", "Read-Only"),
                Map.entry("CAIRN_REMOTE_NAMESPACE", "project"),
                Map.entry("CAIRN_REMOTE_SCOPE", "pr-12"),
                Map.entry("CAIRN_REMOTE_KEYS", "ed25519-public:AAAA, /etc/keys"),
                Map.entry("CAIRN_REMOTE_SIGNING_KEY_FILE", "/run/key"),
                Map.entry("CAIRN_REMOTE_TOKEN_FILE", "/run/token"),
                Map.entry("CAIRN_REMOTE_CLIENT_CERTIFICATE", "/run/client.pem"),
                Map.entry("CAIRN_REMOTE_CLIENT_KEY", "/run/client.key"),
                Map.entry("CAIRN_REMOTE_UPLOAD_LIMIT", "5MB"),
                Map.entry("CAIRN_REMOTE_RESHARE", "1"),
                Map.entry("CAIRN_REMOTE_PREFETCH", "no"),
                Map.entry("CAIRN_REMOTE_MISS_FILTER", "0"),
                Map.entry("CAIRN_REMOTE_CONFIGURATION", "debug"),
                Map.entry("CAIRN_REMOTE_TIMEOUT", "2s"),
                Map.entry("CAIRN_REMOTE_HEAD_START", "40ms")));
        assertThat(resolved.problems()).isEmpty();
        RemoteOptions remote = resolved.settings().remote();
        assertThat(remote.url().orElseThrow().place()).isEqualTo("bucket");
        assertThat(remote.mode()).isEqualTo(RemoteMode.READ_ONLY);
        assertThat(remote.namespace()).isEqualTo("project");
        assertThat(remote.effectiveReadScopes()).containsExactly("pr-12", "main");
        assertThat(remote.keys()).containsExactly("ed25519-public:AAAA", "/etc/keys");
        assertThat(remote.signingKeyFile()).contains("/run/key");
        assertThat(remote.tokenFile()).contains("/run/token");
        assertThat(remote.clientCertificate()).contains("/run/client.pem");
        assertThat(remote.clientKey()).contains("/run/client.key");
        assertThat(remote.uploadLimit()).isEqualTo(5_000_000);
        assertThat(remote.reshare()).isTrue();
        assertThat(remote.prefetch()).isFalse();
        assertThat(remote.missFilter()).isFalse();
        assertThat(remote.configuration()).isEqualTo("debug");
        assertThat(remote.timeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(remote.headStart()).isEqualTo(Duration.ofMillis(40));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CAIRN_REMOTE                  | ftp://host/x           | not an address of a remote: it must begin with",
                "CAIRN_REMOTE                  | https://u:hush/y@h x   | not an address of a remote: Illegal character",
                "CAIRN_REMOTE_MODE             | readonly               | \"readonly\" is not one of read-only",
                "CAIRN_REMOTE_SCOPE            | ../main                | \"../main\" is not a name",
                "CAIRN_REMOTE_READ_SCOPES      | a,B                    | \"a,B\" is not a list of names",
                "CAIRN_REMOTE_NAMESPACE        | .                      | \".\" is not a name",
                "CAIRN_REMOTE_KEYS             | hmac-sha256:hush       | what it says is not a list of public keys",
                "CAIRN_REMOTE_SIGNING_KEY_FILE | key                    | \"key\" is not an absolute path",
                "CAIRN_REMOTE_TIMEOUT          | 0ms                    | \"0ms\" is not a time",
            })
    void aRemoteSettingThatIsNotUnderstoodKeepsTheCacheLocalAndShowsNoSecret(
            String name, String value, String expected) {
        Map<String, String> environment = new java.util.HashMap<>(Map.of("CAIRN_REMOTE", "s3://bucket"));
        environment.put(name, value);
        Resolved resolved = source.resolve(environment);
        assertThat(resolved.settings().remote().url()).isEmpty();
        assertThat(resolved.problems())
                .singleElement()
                .asString()
                .startsWith(name + ": " + expected)
                .endsWith("; no remote is used, the cache is local only")
                .doesNotContain("hush");
    }

    @Test
    void aPasswordInAnAddressIsNotShown() {
        Resolved resolved = source.resolve(Map.of("CAIRN_REMOTE", "https://user:hush@host/cache"));
        assertThat(resolved.settings().remote().url()).isPresent();
        assertThat(resolved.settings().values().toString() + resolved.settings().texts())
                .doesNotContain("hush")
                .contains("host/cache");
    }

    @Test
    void theSameEnvironmentAndFileGiveTheSameInstance() throws IOException {
        write("disable = true\n");
        SettingsSource timed = new SettingsSource(uid(), clock::get);
        Resolved first = timed.resolve(environment("PATH", "/bin", "CAIRN_INNER", "1"));
        clock.addAndGet(5_000_000_000L);
        assertThat(timed.resolve(environment("PATH", "/usr/bin", "CAIRN_INNER", "2")))
                .isSameAs(first);
        assertThat(timed.resolve(environment("CAIRN_RECACHE", "1"))).isNotSameAs(first);
        assertThat(timed.resolve(environment())).isSameAs(first);
    }

    @Test
    void aChangedFileCountsAfterASecond() throws IOException {
        SettingsSource timed = new SettingsSource(uid(), clock::get);
        assertThat(timed.resolve(environment()).settings().disabled()).isFalse();
        Path file = write("disable = true \n");
        clock.addAndGet(999_999_999L);
        assertThat(timed.resolve(environment()).settings().disabled()).isFalse();
        clock.addAndGet(1);
        assertThat(timed.resolve(environment()).settings().disabled()).isTrue();
        FileTime before = Files.getLastModifiedTime(file);
        Files.writeString(file, "disable = false\n");
        Files.setLastModifiedTime(file, before);
        clock.addAndGet(1_000_000_000L);
        assertThat(timed.resolve(environment()).settings().disabled()).isFalse();
        Files.delete(file);
        clock.addAndGet(1_000_000_000L);
        assertThat(timed.resolve(environment()).origins()).containsEntry("disable", "default");
    }

    @Test
    void manyEnvironmentsAtOnceEachGetTheirOwnAnswer() throws Exception {
        try (var executor = Executors.newFixedThreadPool(4)) {
            List<Future<Long>> answers = IntStream.range(0, 2_000)
                    .mapToObj(i -> executor.submit(() -> source.resolve(environment("CAIRN_MAX_SIZE", i % 600 + "M"))
                            .settings()
                            .maxSize()))
                    .toList();
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).get()).isEqualTo(i % 600 * 1_000_000L);
            }
        }
    }

    private Path write(String text) throws IOException {
        Path file = home.resolve(".config/cairn/config.toml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        return file;
    }

    private Map<String, String> environment(String... namesAndValues) {
        Map<String, String> environment = new HashMap<>(Map.of("HOME", home.toString()));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return environment;
    }

    private static long uid() throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }
}
