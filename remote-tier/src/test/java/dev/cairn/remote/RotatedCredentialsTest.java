package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Credentials that are wrong at first, or expire in the middle of a build. */
class RotatedCredentialsTest {
    @TempDir
    Path directory;

    @Test
    void theStoreIsUsedAgainOnceTheCredentialsAreRight() throws Exception {
        RemoteUrl bucket = S3Server.newBucket();
        String secret = System.setProperty("aws.secretAccessKey", "expired-secret-that-nobody-may-see");
        try (Machine machine = Machine.at(directory.resolve("a"), bucket)) {
            assertThat(machine.manifest("context")).isEqualTo(new RemoteAnswer.Unavailable<>("remote-error"));
            assertThat(machine.manifest("other")).isEqualTo(new RemoteAnswer.Unavailable<>("remote-down"));
            RemoteStatus status = machine.tier.status();
            assertThat(status.state()).isEqualTo(RemoteStatus.State.MISCONFIGURED);
            assertThat(status.line()).contains("403").doesNotContain("expired-secret", S3Server.SECRET);
            machine.produce("context", "artifact", SampleArtifacts.utf8("x"));
            System.setProperty("aws.secretAccessKey", secret);
            await().untilAsserted(() ->
                    assertThat(machine.counters().uploads().done()).isEqualTo(1));
            await().untilAsserted(() -> assertThat(machine.manifest("context")).isInstanceOf(RemoteAnswer.Found.class));
            assertThat(machine.tier.status().state()).isEqualTo(RemoteStatus.State.OK);
        } finally {
            System.setProperty("aws.secretAccessKey", secret);
        }
    }
}
