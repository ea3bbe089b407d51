package dev.cairn.wrapper.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cache.FileStates;
import dev.cairn.cache.LocalCache;
import dev.cairn.remote.ProviderVariables;
import dev.cairn.remote.RemoteSettings;
import dev.cairn.remote.RemoteTier;
import dev.cairn.remote.RemoteUrl;
import dev.cairn.wrapper.config.RemoteOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenRemoteTest {
    private static final Remotes.Use USE = new Remotes.Use(RemoteOptions.NONE, ProviderVariables.of(Map.of()));

    @TempDir
    Path directory;

    @Test
    void whoReadsDoesWithoutATierThatIsLongInOpeningAndWhoWritesWaitsForIt() throws Exception {
        RemoteUrl url = RemoteUrl.parse("file://" + directory.resolve("store"));
        try (var cache = LocalCache.open(directory.resolve("cache"), 1 << 30, FileStates::signatureOf);
                var remote = new OpenRemote(USE, () -> {
                    sleep(2500);
                    return RemoteTier.open(RemoteSettings.of(url, directory.resolve("temporary")), cache);
                })) {
            assertThat(remote.awaitTier()).isEmpty();
            assertThat(remote.awaitOpen()).isPresent();
            assertThat(remote.awaitTier()).isPresent();
        }
    }

    @Test
    void aTierThatCannotBeOpenedIsWaitedForByNobody() {
        try (var remote = new OpenRemote(USE, () -> {
            throw new IOException("no such key file");
        })) {
            assertThat(remote.awaitOpen()).isEmpty();
            assertThat(remote.fault()).contains("no such key file");
        }
    }

    private static void sleep(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
