package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine that is told to write with credentials that only read. */
class ReadOnlyCredentialsTest {
    @TempDir
    Path directory;

    @Test
    void uploadsThatAreRefusedKeepNobodyFromReading() throws Exception {
        RemoteUrl area = NginxServer.newArea();
        try (Machine writer = Machine.at(directory.resolve("writer"), area)) {
            for (int i = 0; i < 5; i++) {
                writer.produce("context", "artifact" + i, SampleArtifacts.utf8("x"));
            }
            writer.drain();
        }
        RemoteUrl readOnly = RemoteUrl.parse(area.place().replace("/open/", "/readonly/"));
        try (Machine reader = Machine.at(directory.resolve("reader"), readOnly)) {
            reader.produce("other", "mine", SampleArtifacts.utf8("y"));
            await().untilAsserted(() -> assertThat(reader.tier.status().lastError())
                    .hasValueSatisfying(error -> assertThat(error).contains("uploads fail", "403")));
            assertThat(reader.tier.readFault()).isEmpty();
            for (int i = 0; i < 5; i++) {
                assertThat(reader.artifact("artifact" + i)).isInstanceOf(RemoteAnswer.Found.class);
            }
            assertThat(reader.tier.status().state()).isEqualTo(RemoteStatus.State.DEGRADED);
            assertThat(reader.counters().uploads().queued()).isEqualTo(1);
            assertThat(reader.counters().errors()).isZero();
        }
    }
}
