package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store does, on a real server. What a store cannot do it says, and refuses instead of pretending. */
@TestInstance(TestInstance.Lifecycle.PER_METHOD)
abstract class ObjectStoreContract {
    @TempDir
    Path temporary;

    ObjectStore store;
    Capabilities capabilities;

    /** Opens an empty store. */
    abstract ObjectStore open() throws IOException;

    /** What the store must turn out to be able to do. */
    abstract Capabilities expected();

    /** Whether so many requests at once may be more than the server takes on a busy machine. */
    boolean mayBeBusy() {
        return false;
    }

    @BeforeEach
    void connect() throws IOException {
        store = open();
        capabilities = expected();
    }

    @AfterEach
    void disconnect() throws IOException {
        store.close();
    }

    @Test
    void whatItCanDoIsFoundOut() throws IOException {
        assertThat(CapabilityProbe.of(store, "v1/probe")).isEqualTo(capabilities);
        // A second machine, which finds the object of the first.
        assertThat(CapabilityProbe.of(store, "v1/probe")).isEqualTo(capabilities);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_536, 20_000_000})
    void bytesComeBackAsTheyWerePut(int size) throws IOException {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        Path file = Files.write(temporary.resolve("content"), bytes);
        store.put("a/b/c.1", Content.of(file));
        try (StoredObject object = store.get("a/b/c.1").orElseThrow()) {
            assertThat(object.content().readAllBytes()).isEqualTo(bytes);
        }
        assertThat(store.head("a/b/c.1").orElseThrow().size()).isEqualTo(size);
    }

    @Test
    void whatIsAbsentIsEmpty() throws IOException {
        assertThat(store.get("nothing/here")).isEmpty();
        assertThat(store.head("nothing/here")).isEmpty();
        assertThat(store.delete("nothing/here")).isFalse();
    }

    @Test
    void anObjectIsReplacedAsAWhole() throws IOException {
        store.put("key", text("the first, longer one"));
        String before = store.head("key").orElseThrow().etag();
        store.put("key", text("second"));
        assertThat(read("key")).contains("second");
        assertThat(store.head("key").orElseThrow().etag()).isNotEqualTo(before);
    }

    @Test
    void aDeletedObjectIsGone() throws IOException {
        store.put("key", text("x"));
        assertThat(store.delete("key")).isTrue();
        assertThat(store.get("key")).isEmpty();
    }

    @Test
    void aReaderMayStopEarly() throws IOException {
        store.put("large", Content.of(new byte[4_000_000]));
        for (int i = 0; i < 20; i++) {
            try (StoredObject object = store.get("large").orElseThrow()) {
                assertThat(object.content().read()).isZero();
            }
        }
    }

    @Test
    void ofSeveralWritersExactlyOneIsFirst() throws Exception {
        if (capabilities.conditionalPut() != Capabilities.Support.YES) {
            return;
        }
        for (int round = 0; round < 5; round++) {
            String key = "race/" + round;
            List<PutResult> results = atOnce(16, writer -> store.putIfAbsent(key, text("writer " + writer)));
            assertThat(results).filteredOn(PutResult.Stored.class::isInstance).hasSize(1);
            assertThat(results)
                    .filteredOn(PutResult.AlreadyPresent.class::isInstance)
                    .hasSize(15);
        }
    }

    @Test
    void anObjectIsReplacedOnlyByWhoKnowsIt() throws IOException {
        if (capabilities.conditionalPut() != Capabilities.Support.YES) {
            return;
        }
        store.putIfAbsent("key", text("first"));
        String first = store.head("key").orElseThrow().etag();
        assertThat(store.putIfMatch("key", text("second"), first)).isInstanceOf(PutResult.Stored.class);
        assertThat(store.putIfMatch("key", text("third"), first)).isEqualTo(new PutResult.Conflict());
        assertThat(read("key")).contains("second");
        store.delete("key");
        assertThat(store.putIfMatch("key", text("third"), first)).isEqualTo(new PutResult.Conflict());
        assertThat(store.head("key")).isEmpty();
    }

    @Test
    void theTagThatAPutReturnsIsTheObjects() throws IOException {
        PutResult.Stored put = store.put("key", text("one"));
        if (!put.etag().isEmpty()) {
            assertThat(store.head("key").orElseThrow().etag()).isEqualTo(put.etag());
        }
        try (StoredObject object = store.get("key").orElseThrow()) {
            assertThat(object.info().etag())
                    .isEqualTo(store.head("key").orElseThrow().etag());
        }
    }

    @Test
    void listingFollowsAPrefixOverManyPages() throws Exception {
        if (!capabilities.list()) {
            return;
        }
        atOnce(16, writer -> {
            for (int i = 0; i < 70; i++) {
                String key = "v1/ab/" + writer + "-" + i;
                patiently(() -> {
                    store.put(key, text("x"));
                    return key;
                });
            }
            return writer;
        });
        store.put("v1/ac/1", text("xyz"));
        store.put("v2/ab/1", text("x"));
        assertThat(list("v1/ab/")).hasSize(16 * 70).doesNotHaveDuplicates();
        assertThat(list("v1/a")).hasSize(16 * 70 + 1).contains("v1/ac/1:3");
        assertThat(list("v3/")).isEmpty();
        List<String> first = new ArrayList<>();
        store.list("v1/", (key, size) -> {
            first.add(key);
            return false;
        });
        assertThat(first).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/a", "a/", "a//b", "..", "a/../b", "a/./b", ".hidden", "a b", "ä", "a?b", "a%2fb"})
    void whatIsNoKeyIsRefused(String key) {
        assertThatIllegalArgumentException().isThrownBy(() -> store.get(key));
        assertThatIllegalArgumentException().isThrownBy(() -> store.put(key, text("x")));
        assertThatIllegalArgumentException().isThrownBy(() -> store.putIfAbsent(key, text("x")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a+b", "a=b", "a@b", "x/y.tar_gz-1", "AbC/aBc"})
    void keysOfAllAllowedCharactersWork(String key) throws IOException {
        store.put(key, text(key));
        assertThat(read(key)).contains(key);
    }

    @Test
    void manyRequestsAtOnceWork() throws Exception {
        atOnce(32, writer -> {
            for (int i = 0; i < 5; i++) {
                String key = "many/" + writer + "-" + i;
                String content = writer + ":" + i;
                assertThat(patiently(() -> {
                            store.put(key, text(content));
                            return read(key);
                        }))
                        .contains(content);
            }
            return writer;
        });
    }

    /** As who uploads does, asks again where the server said that it was too busy. */
    private <T> T patiently(Callable<T> work) {
        return await().atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInSameThread()
                .ignoreExceptionsMatching(e -> mayBeBusy()
                        && e instanceof StoreException answer
                        && answer.failure().isTransient())
                .until(work, answer -> true);
    }

    /** What a writer does. */
    @FunctionalInterface
    interface Work<T> {
        T run(int writer) throws IOException;
    }

    static <T> List<T> atOnce(int writers, Work<T> work) throws Exception {
        try (ExecutorService executor = Executors.newFixedThreadPool(writers)) {
            List<Callable<T>> tasks = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                int number = writer;
                tasks.add(() -> work.run(number));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> done : executor.invokeAll(tasks)) {
                results.add(done.get());
            }
            return results;
        }
    }

    private List<String> list(String prefix) throws IOException {
        List<String> listed = new ArrayList<>();
        store.list(prefix, (key, size) -> {
            listed.add(key + ":" + size);
            return true;
        });
        return listed;
    }

    private Optional<String> read(String key) throws IOException {
        Optional<StoredObject> found = store.get(key);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (StoredObject object = found.get();
                InputStream content = object.content()) {
            return Optional.of(new String(content.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    static Content text(String text) {
        return Content.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
