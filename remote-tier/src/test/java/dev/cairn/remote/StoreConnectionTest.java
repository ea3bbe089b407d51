package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreConnectionTest {
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final StoreConnection connection = new StoreConnection(
            "store",
            () -> HttpObjectStore.open(
                    NginxServer.newArea(), Transport.DIRECT, HttpCredentials.NONE, RequestLimits.DEFAULT),
            "probe",
            Duration.ofHours(1),
            scheduler);

    @AfterEach
    void close() {
        connection.close();
        scheduler.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsCalledOffSaysNothingAboutTheStore(boolean writing) {
        Thread.currentThread().interrupt();
        fail(writing);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(connection.lastError()).isEmpty();
        assertThat(connection.state()).isEqualTo(RemoteStatus.State.OK);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void neitherDoesWhatFailsAtTheEnd(boolean writing) {
        connection.callOff();
        failWith(writing, new SocketException("Socket closed"));
        assertThat(connection.lastError()).isEmpty();
        assertThat(connection.state()).isEqualTo(RemoteStatus.State.OK);
    }

    @Test
    void whatFailsByItselfDoes() {
        fail(true);
        assertThat(connection.lastError()).contains("uploads fail: InterruptedIOException: timeout");
        fail(false);
        assertThat(connection.lastError()).contains("InterruptedIOException: timeout");
    }

    private void fail(boolean writing) {
        failWith(writing, new InterruptedIOException("timeout"));
    }

    private void failWith(boolean writing, IOException failure) {
        StoreConnection.Question<Void> question = store -> {
            throw failure;
        };
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> {
            if (writing) {
                connection.write(question);
            } else {
                connection.ask(question);
            }
        });
    }
}
