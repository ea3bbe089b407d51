package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The JVM leaves an AOT cache alone, and says nothing, when one option or one jar is not as it was when the cache was made. */
class AotCacheIT {
    @RegisterExtension
    static final Sandbox box = Sandbox.ofClass();

    @ParameterizedTest
    @CsvSource({"daemon.options, cairn.aot", "daemon.options, cairn-s3.aot", "cli.options, cairn-cli.aot"})
    void itIsUsed(String options, String cache) {
        Result version = runWith(Sandbox.distribution(), options, cache).succeeded();
        assertThat(version.outText()).startsWith("cairn ");
    }

    @ParameterizedTest
    @CsvSource({"daemon.options, cairn.aot", "daemon.options, cairn-s3.aot", "cli.options, cairn-cli.aot"})
    void theseTestsSeeOneThatIsNot(String options, String cache) {
        Result version =
                runWith(Sandbox.distribution(), options, cache, "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");
        assertThat(version.exit()).isNotZero();
    }

    @Test
    void itIsNotWithAJarOfAnotherTime() throws IOException {
        Path home = box.root.resolve("other");
        Distribution.copyTo(home);
        Path copy = home.resolve("lib/cairn.jar");
        Files.delete(copy); // it is a link to that of the distribution
        Files.copy(Sandbox.distribution().resolve("lib/cairn.jar"), copy);
        assertThat(runWith(home, "cli.options", "cairn-cli.aot").exit()).isNotZero();
    }

    /** Has the JVM refuse to start without the cache. */
    private static Result runWith(Path home, String options, String cache, String... more) {
        return box.bare(
                        home.resolve("runtime/bin/java").toString(),
                        "@" + home.resolve("lib").resolve(options))
                .with(more)
                .with("-XX:AOTCache=" + home.resolve("lib").resolve(cache), "-XX:AOTMode=on", "-Dcairn.home=" + home)
                .with(
                        "-Dcairn.launcher=" + box.launcher(),
                        "-cp",
                        home.resolve("lib/cairn.jar").toString())
                .with("dev.cairn.wrapper.Main", "cli", "--version")
                .run();
    }
}
