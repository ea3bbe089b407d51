package dev.cairn.wrapper.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecorderTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Recorder recorder = new Recorder();

    @AfterEach
    void close() {
        recorder.close();
    }

    @Test
    void whatIsBeingLeftIsAwaited() {
        CountDownLatch store = new CountDownLatch(1);
        recorder.leave(2, () -> {
            store.countDown();
            return Optional.empty();
        });
        recorder.leave(1, () -> {
            try {
                store.await();
                return Optional.empty();
            } catch (InterruptedException e) {
                return Optional.of("interrupted");
            }
        });
        recorder.await(LONG);
        assertThat(recorder.progress()).isEqualTo(new RecordProgress(0, 0, Optional.empty()));
    }

    @Test
    void nobodyWaitsLongerThanSaid() {
        CountDownLatch never = new CountDownLatch(1);
        recorder.leave(3, () -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Optional.empty();
        });
        recorder.await(Duration.ofMillis(1));
        assertThat(recorder.progress().pending()).isEqualTo(3);
    }

    @Test
    void whatCannotBeLeftIsToldAndNotTriedAgain() {
        recorder.leave(2, () -> Optional.of("403: denied"));
        recorder.leave(1, () -> {
            throw new IllegalStateException("broken");
        });
        recorder.await(LONG);
        assertThat(recorder.progress().pending()).isZero();
        assertThat(recorder.progress().failed()).isEqualTo(3);
        assertThat(recorder.progress().fault().orElse("")).contains("broken");
    }
}
