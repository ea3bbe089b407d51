package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadQueueTest {
    @TempDir
    Path directory;

    private FaultProxy proxy;
    private RemoteUrl url;

    @BeforeEach
    void start() {
        proxy = FaultProxy.before(NginxServer.PORT);
        RemoteUrl area = NginxServer.newArea();
        url = RemoteUrl.parse(area.place().replace(":" + NginxServer.PORT, ":" + proxy.port()));
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
    }

    @Test
    void whatWasQueuedIsUploadedByTheNextProcessOnce() throws Exception {
        proxy.set(new FaultProxy.Fault.Hang());
        try (Machine first = Machine.at(directory.resolve("a"), url)) {
            first.produce("context", "artifact", SampleArtifacts.utf8("x"));
            assertThat(first.counters().uploads().queued()).isEqualTo(1);
        }
        proxy.set(new FaultProxy.Fault.None());
        try (Machine second = Machine.at(directory.resolve("a"), url)) {
            await().untilAsserted(
                            () -> assertThat(second.counters().uploads().done()).isEqualTo(1));
            assertThat(second.counters().uploads().queued()).isZero();
        }
        try (Machine third = Machine.at(directory.resolve("a"), url)) {
            assertThat(third.drain()).isEqualTo(new UploadProgress(0, 0, 0, 0));
            assertThat(third.manifest("context")).isInstanceOf(RemoteAnswer.Found.class);
        }
    }

    /** As when a kill comes right after storing. */
    @Test
    void whatWasStoredAndNeverOfferedIsUploadedByTheNextProcess() throws Exception {
        try (Machine first = Machine.at(directory.resolve("a"), url)) {
            first.drain(); // what an earlier process left was looked for
            first.store("context", "artifact", SampleArtifacts.utf8("x"));
            assertThat(first.drain()).isEqualTo(new UploadProgress(0, 0, 0, 0));
        }
        try (Machine second = Machine.at(directory.resolve("a"), url)) {
            await().until(() -> second.counters().uploads().done() == 1);
            assertThat(second.manifest("context")).isInstanceOf(RemoteAnswer.Found.class);
        }
    }

    @Test
    void aMachineThatOnlyReadsRecordsNoUpload() throws Exception {
        try (Machine reader =
                new Machine(directory.resolve("a"), url, settings -> settings.withMode(RemoteMode.READ_ONLY))) {
            reader.store("context", "artifact", SampleArtifacts.utf8("x"));
        }
        try (Machine writer = Machine.at(directory.resolve("a"), url)) {
            assertThat(writer.drain()).isEqualTo(new UploadProgress(0, 0, 0, 0));
        }
    }

    @Test
    void equalOffersAreOneUpload() throws Exception {
        proxy.set(new FaultProxy.Fault.Status(503, ""));
        try (Machine machine = Machine.at(directory.resolve("a"), url)) {
            machine.produce("context", "artifact", SampleArtifacts.utf8("x"));
            for (int i = 0; i < 10; i++) {
                machine.offer("context", "artifact");
            }
            assertThat(machine.counters().uploads().queued()).isEqualTo(1);
            proxy.set(new FaultProxy.Fault.None());
            assertThat(machine.drain()).isEqualTo(new UploadProgress(0, 1, 0, 0));
        }
    }

    /** The third failure of an upload by itself is its last one; being interrupted is none, also when that looks like one. */
    @Test
    void anUploadThatTheEndInterruptsIsNotGivenUp() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        UploadQueue.Work work = job -> {
            if (runs.incrementAndGet() == 3) {
                assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> TimeUnit.HOURS.sleep(1));
            }
            throw new StoreException(Failure.REFUSED, "refused");
        };
        try (Machine machine =
                new Machine(directory.resolve("a"), url, settings -> settings.withMode(RemoteMode.READ_ONLY))) {
            UploadQueue queue = new UploadQueue(
                    new OwnRecords(machine.cache.records(), SampleArtifacts.key("here")), work, Machine.QUICK);
            queue.start();
            queue.offer(UploadJob.of(
                    SampleArtifacts.key("context"), SampleArtifacts.key("artifact"), SampleArtifacts.utf8("entry")));
            await().until(() -> runs.get() == 3);
            queue.close();
            assertThat(queue.progress()).isEqualTo(new UploadProgress(1, 0, 0, 0));
        }
    }

    @Test
    void whatWasEvictedMeanwhileIsDropped() throws Exception {
        try (Machine machine = Machine.at(directory.resolve("a"), url)) {
            machine.offer("context", "never stored");
            assertThat(machine.drain()).isEqualTo(new UploadProgress(0, 0, 0, 1));
        }
    }

    @Test
    void aFullQueueDropsAndCounts() throws Exception {
        proxy.set(new FaultProxy.Fault.Hang());
        try (Machine machine = Machine.at(directory.resolve("a"), url)) {
            for (int i = 0; i < Machine.QUICK.queue() + 10; i++) {
                machine.offer("context", "artifact" + i);
            }
            assertThat(machine.counters().uploads().queued()).isLessThanOrEqualTo(Machine.QUICK.queue());
            assertThat(machine.counters().uploads().dropped()).isPositive();
        }
    }

    @Test
    void anOutageLosesNothing() throws Exception {
        proxy.set(new FaultProxy.Fault.Sometimes(new FaultProxy.Fault.Reset()));
        try (Machine machine = Machine.at(directory.resolve("a"), url)) {
            for (int i = 0; i < 20; i++) {
                machine.produce("context" + i, "artifact" + i, SampleArtifacts.utf8("x" + i));
            }
            proxy.set(new FaultProxy.Fault.Status(500, ""));
            await().untilAsserted(
                            () -> assertThat(machine.tier.status().lastError()).isPresent());
            proxy.set(new FaultProxy.Fault.None());
            UploadProgress done = machine.drain();
            assertThat(done).isEqualTo(new UploadProgress(0, 20, 0, 0));
        }
    }

    /** The wish is kept, and it is the uploads that wait: whoever asks meanwhile does not. */
    @Test
    void aServerThatAsksForPatienceGetsIt() throws Exception {
        proxy.set(new FaultProxy.Fault.Status(429, "Retry-After: 2\r\n"));
        try (Machine machine = Machine.at(directory.resolve("a"), url)) {
            machine.produce("context", "artifact", SampleArtifacts.utf8("x"));
            await().until(() -> proxy.requests().stream().anyMatch(line -> line.startsWith("PUT")));
            long start = System.nanoTime();
            assertThat(machine.tier
                            .drain(Duration.ofMillis(1200), progress -> {})
                            .queued())
                    .isEqualTo(1);
            assertThat(proxy.requests().stream()
                            .filter(line -> line.startsWith("PUT"))
                            .count())
                    .isLessThanOrEqualTo(4);
            proxy.set(new FaultProxy.Fault.None());
            assertThat(machine.drain().done()).isEqualTo(1);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(1));
        }
    }

    @Test
    void theBandwidthIsKept() throws Exception {
        RemoteTuning slow = Machine.QUICK.withBytesPerSecond(200_000);
        try (Machine machine = new Machine(directory.resolve("a"), url, settings -> settings.withTuning(slow))) {
            long start = System.nanoTime();
            for (int i = 0; i < 4; i++) {
                machine.produce("context" + i, "artifact" + i, SampleArtifacts.random(i, 50_000));
            }
            assertThat(machine.drain().done()).isEqualTo(4);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(600));
        }
    }
}
