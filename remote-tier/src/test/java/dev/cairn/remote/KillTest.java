package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cache.Digest;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} at any moment: what was offered is uploaded by the next process, and nothing partial is ever seen. */
class KillTest {
    private static final int ROUNDS = Integer.getInteger("cairn.kills", 6);

    @TempDir
    Path directory;

    /** Artifacts that were looked at; what has such a name never changes. */
    private final Set<String> whole = new HashSet<>();

    @Test
    void aKilledProcessLosesNoUploadAndLeavesNothingPartial() throws Exception {
        RemoteUrl url = RemoteUrl.parse("file://" + directory.resolve("store"));
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
            everythingInTheStoreIsWhole();
        }
        try (Machine next = Machine.at(directory.resolve("machine"), url)) {
            org.awaitility.Awaitility.await()
                    .until(() -> next.counters().uploads().queued()
                                            + next.counters().uploads().done()
                                    > 0
                            || next.manifest("context" + offered.last() / 3) instanceof RemoteAnswer.Found);
            assertThat(next.drain().queued()).isZero();
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
        whole.clear();
        everythingInTheStoreIsWhole();
    }

    private void everythingInTheStoreIsWhole() throws IOException {
        try (ObjectStore store = DirectoryObjectStore.open(directory.resolve("store"))) {
            store.list("", (key, size) -> {
                String name = key.substring(key.lastIndexOf('/') + 1);
                if (name.length() == 66 && !whole.contains(key)) {
                    Digest digest = Digest.parse(name.substring(0, 64));
                    try (StoredObject object = store.get(key).orElseThrow()) {
                        if (name.endsWith(".a")) {
                            new BundleReader("default/main", Trust.ANYONE, FormatLimits.DEFAULT)
                                    .read(digest, object.content(), directory.resolve("whole"))
                                    .close();
                            whole.add(key);
                        } else {
                            ManifestObject.decode(digest, object.content().readAllBytes());
                        }
                    }
                }
                return true;
            });
        }
    }
}
