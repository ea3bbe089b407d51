package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon starts in a tenth of a second, also with a remote tier: the providers' libraries come with the first question. */
class LazyLoadingTest {
    private static final List<String> PROVIDERS = List.of(
            "software.amazon.",
            "com.google.cloud.",
            "com.google.api.",
            "okhttp3.",
            "com.github.luben.zstd.util.Native");

    @TempDir
    Path directory;

    @Test
    void openingATierLoadsNoProvidersLibrary() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LazyLoadingTest.class.getName(),
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(output).contains("dev.cairn.remote.RemoteTier source:").contains("opened: ok");
        List<String> loaded = output.lines()
                .filter(line -> PROVIDERS.stream().anyMatch(provider -> line.contains(" " + provider)))
                .toList();
        assertThat(loaded).isEmpty();
    }

    /**
     * Runs in the other JVM.
     *
     * @param arguments directory
     */
    public static void main(String[] arguments) throws Exception {
        RemoteUrl url = RemoteUrl.parse("s3://bucket/prefix?region=us-east-1");
        try (Machine machine = Machine.at(Path.of(arguments[0]), url)) {
            System.out.println("opened: " + machine.tier.status().state().name().toLowerCase(java.util.Locale.ROOT));
        }
    }
}
