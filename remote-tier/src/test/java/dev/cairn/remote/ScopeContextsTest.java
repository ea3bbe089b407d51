package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.cairn.cache.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One scope's set in a directory; what happens in the background elsewhere happens at once here. */
class ScopeContextsTest {
    private static final Layout LAYOUT = new Layout("default", "main");
    private static final Duration LONG = Duration.ofHours(1);
    private static final Digest PRESENT = SampleArtifacts.key("present");
    private static final Digest ABSENT = SampleArtifacts.key("absent");

    @TempDir
    Path directory;

    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private ObjectStore store;
    private StoreConnection connection;

    @BeforeEach
    void open() throws IOException {
        store = DirectoryObjectStore.open(directory);
        connection =
                new StoreConnection("store", () -> open(directory), LAYOUT.probe(), Duration.ofMillis(50), scheduler);
    }

    private static ObjectStore open(Path directory) throws StoreException {
        try {
            return DirectoryObjectStore.open(directory);
        } catch (IOException e) {
            throw StoreException.of(e);
        }
    }

    @AfterEach
    void close() throws IOException {
        connection.close();
        scheduler.shutdownNow();
        store.close();
    }

    private ScopeContexts scope(Duration refreshAfter, Duration believedFor) {
        return new ScopeContexts(
                LAYOUT, connection, Runnable::run, new FilterTuning(true, refreshAfter, believedFor, LONG, LONG));
    }

    private ScopeContexts scope() {
        return scope(LONG, LONG);
    }

    private void putManifest(Digest context) throws IOException {
        store.put(LAYOUT.manifest(context), Content.of(new ManifestObject(context, List.of()).encode()));
    }

    private ContextSet stored() throws IOException {
        return ContextSetStore.read(store, LAYOUT, ContextSetStore.Present.NOTHING)
                .set()
                .orElseThrow();
    }

    @Test
    void withoutASetEverythingMayBeThere() {
        assertThat(scope().mayHave(ABSENT)).isTrue();
        assertThat(scope().has(ABSENT)).isFalse();
    }

    @Test
    void whatASetLacksIsNotThere() throws IOException {
        scope().add(List.of(PRESENT));
        ScopeContexts other = scope();
        assertThat(other.mayHave(PRESENT)).isTrue();
        assertThat(other.has(PRESENT)).isTrue();
        assertThat(other.mayHave(ABSENT)).isFalse();
    }

    @Test
    void aSetIsMadeOfAllManifestsThatAreThereAlready() throws IOException {
        putManifest(PRESENT);
        putManifest(SampleArtifacts.key("another"));
        store.put(LAYOUT.artifact(ABSENT), Content.of(new byte[1]));
        store.put(LAYOUT.journal(ABSENT, ABSENT), Content.of(new byte[1]));
        store.put(new Layout("default", "pr-1").manifest(ABSENT), Content.of(new byte[1]));
        scope().add(List.of(SampleArtifacts.key("third")));
        assertThat(stored().size()).isEqualTo(3);
        assertThat(scope().mayHave(PRESENT)).isTrue();
        assertThat(scope().mayHave(ABSENT)).isFalse();
    }

    @Test
    void aDamagedSetSparesNothingAndIsMadeAnew() throws IOException {
        putManifest(PRESENT);
        scope().add(List.of(SampleArtifacts.key("second")));
        byte[] bytes = stored().encode(LAYOUT.contextsName());
        for (byte[] damaged : List.of(new byte[0], altered(bytes, bytes.length / 2), altered(bytes, 9))) {
            store.put(LAYOUT.contexts(), Content.of(damaged));
            assertThat(scope().mayHave(ABSENT)).isTrue();
            scope().add(List.of(SampleArtifacts.key("third")));
            assertThat(stored().mayHave(PRESENT)).isTrue();
            assertThat(scope().mayHave(ABSENT)).isFalse();
        }
    }

    private static byte[] altered(byte[] bytes, int at) {
        byte[] altered = bytes.clone();
        altered[at] ^= 4;
        return altered;
    }

    @Test
    void theSetOfAnotherScopeIsNotBelieved() throws IOException {
        Layout other = new Layout("default", "pr-1");
        store.put(LAYOUT.contexts(), Content.of(ContextSet.EMPTY.encode(other.contextsName())));
        assertThat(scope().mayHave(ABSENT)).isTrue();
    }

    @Test
    void aFullSetSparesNothingAndStaysFull() throws IOException {
        store.put(LAYOUT.contexts(), Content.of(ContextSet.FULL.encode(LAYOUT.contextsName())));
        ScopeContexts scope = scope();
        assertThat(scope.mayHave(ABSENT)).isTrue();
        scope.add(List.of(PRESENT));
        assertThat(stored().isFull()).isTrue();
    }

    @Test
    void aScopeWithVeryManyObjectsGetsAFullSet() throws IOException {
        Path inside = directory.resolve("default/v1/main/00");
        Files.createDirectories(inside);
        for (int i = 0; i <= ContextSetStore.MOST_LISTED; i++) {
            Files.createFile(inside.resolve("object" + i));
        }
        scope().add(List.of(PRESENT));
        assertThat(stored().isFull()).isTrue();
        Files.delete(inside.resolve("object0"));
        store.delete(LAYOUT.contexts());
        scope().add(List.of(PRESENT));
        assertThat(stored().isFull()).as("one object fewer").isFalse();
    }

    @Test
    void aSetThatWasNotConfirmedForTooLongSparesNothing() throws IOException {
        scope().add(List.of(PRESENT));
        ScopeContexts scope = scope(LONG, Duration.ofMillis(200));
        assertThat(scope.mayHave(ABSENT)).isFalse();
        await().until(() -> scope.mayHave(ABSENT));
        assertThat(scope.has(PRESENT)).isFalse();
    }

    @Test
    void whatOthersAddIsSeenWhenTheSetIsLookedAtAgain() throws IOException {
        ScopeContexts reader = scope(Duration.ofNanos(1), LONG);
        scope().add(List.of(PRESENT));
        assertThat(reader.mayHave(PRESENT)).isTrue();
        assertThat(reader.mayHave(ABSENT)).isFalse();
        scope().add(List.of(ABSENT));
        assertThat(reader.mayHave(ABSENT)).isTrue();
        store.delete(LAYOUT.contexts());
        assertThat(reader.mayHave(SampleArtifacts.key("never")))
                .as("without a set")
                .isTrue();
    }

    /** Each has an old idea of what lies there. */
    @Test
    void writersWithOldSetsLoseNothing() throws IOException {
        ScopeContexts a = scope();
        ScopeContexts b = scope();
        a.add(List.of(SampleArtifacts.key("a1")));
        b.add(List.of(SampleArtifacts.key("b1")));
        a.add(List.of(SampleArtifacts.key("a2")));
        store.delete(LAYOUT.contexts());
        putManifest(PRESENT);
        b.add(List.of(SampleArtifacts.key("b2")));
        a.add(List.of(SampleArtifacts.key("a3")));
        assertThat(List.of("b2", "a3", "present")).allMatch(name -> scope().mayHave(SampleArtifacts.key(name)));
        assertThat(stored().size()).isEqualTo(3);
    }

    @Test
    void aSetThatCannotBeWrittenIsNoFaultOfTheStore() throws IOException {
        Files.createDirectories(directory.resolve(LAYOUT.contexts()).resolve("in-the-way"));
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> scope().add(List.of(PRESENT)));
        assertThat(scope().mayHave(ABSENT)).isTrue();
        assertThat(connection.state()).isEqualTo(RemoteStatus.State.OK);
        assertThat(connection.lastError()).isEmpty();
        assertThat(connection.isUsable()).isTrue();
    }

    @Test
    void aStoreThatIsLeftAloneIsNotAskedForSets() throws IOException {
        scope().add(List.of(PRESENT));
        connection.failed(new StoreException(Failure.DENIED, "no"));
        assertThat(connection.isUsable()).isFalse();
        assertThat(scope().mayHave(ABSENT)).isTrue();
    }
}
