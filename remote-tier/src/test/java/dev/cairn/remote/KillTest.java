package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} at any moment: what was offered is uploaded by the next process, and nothing partial is ever seen. */
class KillTest {
    private static final int ROUNDS = Integer.getInteger("cairn.kills", 6);

    @TempDir
    Path directory;

    @Test
    void aKilledProcessLosesNoUploadAndLeavesNothingPartial() throws Exception {
        RemoteUrl url = RemoteUrl.parse("file://" + directory.resolve("store"));
        StoreInspection store = new StoreInspection(url.toString(), Map.of(), directory.resolve("whole"));
        TreeSet<Integer> offered = new TreeSet<>();
        Random random = new Random(1);
        for (int round = 0; round < ROUNDS; round++) {
            int first = offered.isEmpty() ? 0 : offered.last() + 2;
            Process process = UploadingProcess.start(directory.resolve("machine"), url, first);
            int lines = 1 + random.nextInt(60);
            try (BufferedReader out = process.inputReader(StandardCharsets.US_ASCII)) {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    offered.add(Integer.parseInt(line));
                    if (--lines == 0) {
                        process.toHandle().destroyForcibly();
                    }
                }
            }
            process.waitFor();
            store.requireWhole();
        }
        try (Machine next = UploadingProcess.machine(directory.resolve("machine"), url)) {
            org.awaitility.Awaitility.await()
                    .until(() -> next.counters().uploads().queued()
                                            + next.counters().uploads().done()
                                    > 0
                            || next.manifest("context" + offered.last() / 3) instanceof RemoteAnswer.Found);
            assertThat(next.tier.drain(Duration.ofMinutes(5), progress -> {}).queued())
                    .isZero();
        }
        try (Machine reader = Machine.at(directory.resolve("reader"), url)) {
            for (int number : offered) {
                assertThat(reader.artifact("artifact" + number))
                        .as("artifact " + number)
                        .isInstanceOfSatisfying(
                                RemoteAnswer.Found.class,
                                found -> assertThat(found.value()).isEqualTo(UploadingProcess.output(number)));
                assertThat(reader.manifest("context" + number / 3)).isInstanceOf(RemoteAnswer.Found.class);
            }
        }
        store.forget();
        store.requireWhole();
        theSetLacksNoContext();
    }

    private void theSetLacksNoContext() throws IOException {
        Layout layout = new Layout("default", "main");
        try (ObjectStore store = DirectoryObjectStore.open(directory.resolve("store"))) {
            ContextSet set = ContextSetStore.read(store, layout, ContextSetStore.Present.NOTHING)
                    .set()
                    .orElseThrow();
            store.list("", (key, size) -> {
                layout.contextOf(key)
                        .ifPresent(context -> assertThat(set.mayHave(context)).isTrue());
                return true;
            });
        }
    }
}
