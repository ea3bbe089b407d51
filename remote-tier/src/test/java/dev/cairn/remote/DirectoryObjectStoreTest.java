package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryObjectStoreTest {
    @TempDir
    Path directory;

    private DirectoryObjectStore store;

    @BeforeEach
    void open() throws IOException {
        store = DirectoryObjectStore.open(directory);
    }

    @Test
    void anObjectComesBackAsItWasPut() throws IOException {
        PutResult put = store.putIfAbsent("a/b/c.1", text("hello"));
        assertThat(put).isInstanceOf(PutResult.Stored.class);
        assertThat(read("a/b/c.1")).contains("hello");
        ObjectInfo info = store.head("a/b/c.1").orElseThrow();
        assertThat(info.size()).isEqualTo(5);
        assertThat(new PutResult.Stored(info.etag())).isEqualTo(put);
        assertThat(DirectoryObjectStore.open(directory).head("a/b/c.1")).contains(info);
    }

    @Test
    void whatIsAbsentIsEmpty() throws IOException {
        assertThat(store.get("a/b")).isEmpty();
        assertThat(store.head("a/b")).isEmpty();
        assertThat(store.delete("a/b")).isFalse();
        store.putIfAbsent("folder/object", text("x"));
        assertThat(store.get("folder")).isEmpty();
        assertThat(store.head("folder/object/below")).isEmpty();
        assertThat(store.delete("folder")).isFalse();
    }

    @Test
    void aSecondPutOfAKeyChangesNothing() throws IOException {
        store.putIfAbsent("key", text("first"));
        assertThat(store.putIfAbsent("key", text("second"))).isEqualTo(new PutResult.AlreadyPresent());
        assertThat(read("key")).contains("first");
        assertThat(directory.resolve(".tmp")).isEmptyDirectory();
    }

    @Test
    void anObjectIsReplacedOnlyByWhoKnowsIt() throws IOException {
        PutResult.Stored first = (PutResult.Stored) store.putIfAbsent("key", text("first"));
        PutResult.Stored second = (PutResult.Stored) store.putIfMatch("key", text("second"), first.etag());
        assertThat(store.putIfMatch("key", text("third"), first.etag())).isEqualTo(new PutResult.Conflict());
        assertThat(read("key")).contains("second");
        assertThat(store.head("key").orElseThrow().etag()).isEqualTo(second.etag());
        assertThat(store.delete("key")).isTrue();
        assertThat(store.putIfMatch("key", text("third"), second.etag())).isEqualTo(new PutResult.Conflict());
        assertThat(store.head("key")).isEmpty();
        assertThat(directory.resolve(".tmp")).isEmptyDirectory();
    }

    @Test
    void aReaderKeepsTheObjectItOpened() throws IOException {
        PutResult.Stored first = (PutResult.Stored) store.putIfAbsent("key", text("first"));
        try (StoredObject opened = store.get("key").orElseThrow()) {
            store.putIfMatch("key", text("second"), first.etag());
            assertThat(new String(opened.content().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("first");
        }
    }

    @Test
    void listingFollowsAPrefixThatMayEndWithinASegment() throws IOException {
        for (String key : List.of("v1/ab/1", "v1/ab/2", "v1/ac/1", "v2/ab/1")) {
            store.putIfAbsent(key, text(key));
        }
        assertThat(list("")).containsExactly("v1/ab/1", "v1/ab/2", "v1/ac/1", "v2/ab/1");
        assertThat(list("v1/a")).containsExactly("v1/ab/1", "v1/ab/2", "v1/ac/1");
        assertThat(list("v1/ab/")).containsExactly("v1/ab/1", "v1/ab/2");
        assertThat(list("v3/")).isEmpty();
        List<String> first = new ArrayList<>();
        store.list("", (key, size) -> {
            first.add(key);
            return false;
        });
        assertThat(first).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", ".tmp/x", "a b", "a\0b", "a\\b", "ä"})
    void whatCouldLeaveTheDirectoryIsNoKey(String key) {
        assertThatIllegalArgumentException().isThrownBy(() -> store.putIfAbsent(key, text("x")));
        assertThatIllegalArgumentException().isThrownBy(() -> store.get(key));
        assertThatIllegalArgumentException().isThrownBy(() -> store.delete(key));
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "../", "/", "a//", ".locks/"})
    void whatCouldLeaveTheDirectoryIsNoPrefix(String prefix) {
        assertThatIllegalArgumentException().isThrownBy(() -> list(prefix));
    }

    @Test
    void anOverlongKeyIsNoKey() {
        assertThatIllegalArgumentException().isThrownBy(() -> store.head("x".repeat(201)));
        assertThatIllegalArgumentException().isThrownBy(() -> store.head("x/".repeat(600) + "x"));
    }

    @Test
    void temporariesOfDeadWritersGoAndThoseOfLiveOnesStay() throws IOException {
        Path old = Files.write(directory.resolve(".tmp/old"), new byte[1]);
        Path young = Files.write(directory.resolve(".tmp/young"), new byte[1]);
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        DirectoryObjectStore.open(directory).close();
        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }

    @Test
    void aFailingSourceLeavesNothingBehind() {
        Content failing = Content.of(directory.resolve("no such file"));
        assertThatIOException().isThrownBy(() -> store.putIfAbsent("key", failing));
        assertThat(directory.resolve(".tmp")).isEmptyDirectory();
        assertThat(directory.resolve("key")).doesNotExist();
    }

    @Test
    void threadsThatReplaceOneObjectLoseNoUpdate() throws Exception {
        store.putIfAbsent("counter", text("0"));
        List<Callable<Void>> writers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            writers.add(() -> {
                DirectoryObjectStore own = DirectoryObjectStore.open(directory);
                for (int done = 0; done < 25; ) {
                    done += RaceProcess.increment(own) ? 1 : 0;
                }
                return null;
            });
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (Future<Void> writer : threads.invokeAll(writers)) {
                writer.get();
            }
        }
        assertThat(read("counter")).contains("100");
    }

    @Test
    void ofTwoProcessesThatPutOneKeyExactlyOneWins() throws Exception {
        store.putIfAbsent("counter", text("0"));
        List<Process> racers = List.of(RaceProcess.start(directory, "one"), RaceProcess.start(directory, "two"));
        List<List<String>> won = new ArrayList<>();
        for (Process racer : racers) {
            assertThat(racer.inputReader().readLine()).isEqualTo("ready");
        }
        for (Process racer : racers) {
            racer.getOutputStream().write('\n');
            racer.getOutputStream().close();
        }
        for (Process racer : racers) {
            won.add(racer.inputReader().lines().toList());
            assertThat(racer.waitFor()).isZero();
        }
        assertThat(won.getFirst()).doesNotContainAnyElementsOf(won.getLast());
        assertThat(won.getFirst().size() + won.getLast().size()).isEqualTo(RaceProcess.KEYS);
        for (String key : won.getFirst()) {
            assertThat(read(key).orElseThrow()).isEqualTo("one".repeat(10_000));
        }
        assertThat(read("counter")).contains(Integer.toString(2 * RaceProcess.INCREMENTS));
    }

    private Optional<String> read(String key) throws IOException {
        return RaceProcess.read(store, key);
    }

    private Set<String> list(String prefix) throws IOException {
        Set<String> keys = new TreeSet<>();
        store.list(prefix, (key, size) -> keys.add(key));
        return keys;
    }

    private static Content text(String text) {
        return Content.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
