package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The libraries of the providers are large: a daemon loads those that its builds name a store for, and no others. */
class LazyLoadingIT {
    /** What begins with one of these is a provider's, or of a library that only a provider's client uses. */
    private static final Pattern PROVIDER = Pattern.compile(
            "(?m)(software\\.amazon\\.|com\\.google\\.(?:api|auth|cloud|common)\\.|okhttp3\\.|org\\.apache\\.hc\\.)[\\w.$]*/");

    private static final int MOST_JARS = 8;

    @RegisterExtension
    final Sandbox box = new Sandbox();

    @Test
    void aDaemonWithoutARemoteLoadsNoProvidersLibrary() throws IOException {
        compile(box.cairn());
        box.cairn("stats").run().succeeded();
        box.cairn("status").run().succeeded();
        assertThat(providers(box.daemon())).isEmpty();
    }

    /** A file that the JDK or SLF4J does not find in the first jars would be looked for in all of them, while the build waits. */
    @Test
    void aDaemonThatAnswersHasHardlyAnyJarOpen() throws IOException {
        compile(box.cairn());
        assertThat(Processes.openFiles(box.daemon()).values())
                .filteredOn(file -> file.toString().endsWith(".jar"))
                .hasSizeLessThan(MOST_JARS);
    }

    @ParameterizedTest
    @CsvSource({
        "file:///nowhere, ''",
        "http://127.0.0.1:1/cache, okhttp3.",
        "s3://bucket?endpoint=http://127.0.0.1:1&anonymous=true, software.amazon.",
        "gs://bucket?endpoint=http://127.0.0.1:1&anonymous=true, com.google.cloud.",
    })
    void aDaemonLoadsOnlyTheLibraryOfTheStoreThatItsBuildsName(String address, String library) throws IOException {
        box.expectErrors(); // that nobody answers is logged
        compile(box.cairn().env("CAIRN_REMOTE", address));
        Set<String> loaded = providers(box.daemon());
        if (library.isEmpty()) {
            assertThat(loaded).isEmpty();
            return;
        }
        assertThat(loaded).contains(library);
        for (String other : Set.of("okhttp3.", "software.amazon.", "com.google.cloud.")) {
            assertThat(loaded.contains(other)).as(other).isEqualTo(other.equals(library));
        }
    }

    /** A miss and a hit. */
    private void compile(Command cairn) {
        box.write("f.c", "int f(int x) { return x; }\n");
        for (String object : Set.of("a.o", "b.o")) {
            cairn.with("gcc", "-c", "f.c", "-o", object).run().succeeded();
        }
    }

    private Set<String> providers(long daemon) {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        String classes = box.bare(jcmd, Long.toString(daemon), "VM.class_hierarchy")
                .run()
                .succeeded()
                .outText();
        assertThat(classes).contains("dev.cairn.wrapper.daemon.Remotes/");
        return PROVIDER.matcher(classes)
                .results()
                .map((MatchResult found) -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
