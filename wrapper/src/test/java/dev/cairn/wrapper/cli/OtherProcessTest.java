package dev.cairn.wrapper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OtherProcessTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @Test
    void aProcessThatNobodyAsksForItsStatusHasEnded() throws IOException, InterruptedException {
        // A child whose parent has become a program that never waits for children when it ends.
        Process parent = new ProcessBuilder("sh", "-c", "sleep 1 & echo $!; exec sleep 60").start();
        try (BufferedReader reader = parent.inputReader()) {
            OtherProcess child = new OtherProcess(Long.parseLong(reader.readLine()));
            assertThat(child.awaitEnd(LONG)).isTrue();
            assertThat(ProcessHandle.of(child.pid())).as("not yet waited for").isPresent();
            assertThat(new OtherProcess(parent.pid()).awaitEnd(Duration.ZERO)).isFalse();
        } finally {
            parent.destroy();
        }
        parent.waitFor();
        assertThat(new OtherProcess(parent.pid()).awaitEnd(LONG)).isTrue();
    }
}
