package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalCacheTest {
    private static final long BUDGET = 200L << 20;
    private static final int LARGE = 100_000;

    @TempDir
    Path directory;

    private Path work;
    private LocalCache cache;

    @BeforeEach
    void open() throws Exception {
        work = Files.createDirectories(directory.resolve("work"));
        cache = LocalCache.open(directory.resolve("cache"), BUDGET, new StatSignatures());
        cache.settle(); // what is new is counted, and what is in memory forgotten then
    }

    @AfterEach
    void close() {
        cache.close();
    }

    private void reopen() throws Exception {
        cache.close();
        cache = LocalCache.open(directory.resolve("cache"), BUDGET, new StatSignatures());
    }

    @Test
    void whatWasStoredIsPinnedByteForByte() throws Exception {
        Sample sample = new Sample(1, LARGE);
        assertThat(sample.isIntactIn(cache)).isFalse();
        sample.mustStoreIn(cache, work);
        assertThat(sample.isIntactIn(cache)).isTrue();
        assertThat(cache.manifest(sample.context())).containsExactly(sample.entry());
        assertThat(cache.usage().artifacts()).isEqualTo(1);
    }

    @Test
    void aStoreOutlivesTheProcessAndAnswersFromDiskFirstAndThenFromMemory() throws Exception {
        Sample sample = new Sample(1, LARGE);
        sample.mustStoreIn(cache, work);
        reopen();
        assertThat(cache.manifest(sample.context())).containsExactly(sample.entry());
        assertThat(tierOf(sample)).isEqualTo(Tier.DISK);
        assertThat(tierOf(sample)).isEqualTo(Tier.MEMORY);
        assertThat(sample.isIntactIn(cache)).isTrue();
    }

    @Test
    void storedBytesAreCopiesOfTheOutputs() throws Exception {
        Sample sample = new Sample(1, LARGE);
        sample.mustStoreIn(cache, work);
        Files.write(work.resolve("1.o"), new byte[] {1, 2, 3}, StandardOpenOption.APPEND);
        Files.delete(work.resolve("1.d"));
        assertThat(sample.isIntactIn(cache)).isTrue();
    }

    @Test
    void executePermissionIsRemembered() throws Exception {
        Path program = Files.write(work.resolve("program"), new byte[LARGE]);
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Sample key = new Sample(1, 0);
        cache.store(
                key.context(),
                key.entry(),
                new NewArtifact(
                        List.of(new NewArtifact.NewOutput.Written("program", program.toString())),
                        new byte[0],
                        new byte[0]));
        try (Sample.Pin pin = new Sample.Pin(cache.pin(key.context(), key.key()))) {
            assertThat(pin.artifact()
                            .orElseThrow()
                            .artifact()
                            .outputs()
                            .getFirst()
                            .executable())
                    .isTrue();
        }
    }

    @Test
    void anEqualKeyWithOtherBytesReplacesTheWholeGeneration() throws Exception {
        Sample first = new Sample(1, LARGE);
        first.mustStoreIn(cache, work);
        Sample other = new Sample(2, LARGE / 2);
        assertThat(cache.store(first.context(), first.entry(), other.compile(work)))
                .isInstanceOf(ArtifactCache.StoreResult.Stored.class);
        try (Sample.Pin pin = new Sample.Pin(cache.pin(first.context(), first.key()))) {
            other.assertIs(pin.artifact().orElseThrow().artifact());
        }
        assertThat(blobFiles()).hasSize(1);
        assertThat(cache.usage().artifacts()).isEqualTo(1);
        assertThat(cache.manifest(first.context())).hasSize(1);
    }

    @Test
    void aPinnedGenerationStaysReadableWhileAnotherReplacesIt() throws Exception {
        Sample first = new Sample(1, LARGE);
        first.mustStoreIn(cache, work);
        try (Sample.Pin pin = new Sample.Pin(cache.pin(first.context(), first.key()))) {
            cache.store(first.context(), first.entry(), new Sample(2, LARGE).compile(work));
            first.assertIs(pin.artifact().orElseThrow().artifact());
            assertThat(blobFiles()).hasSize(2);
        }
        assertThat(blobFiles()).hasSize(1);
    }

    @Test
    void equalOutputsOfTwoArtifactsShareABlobUntilBothAreGone() throws Exception {
        Sample first = new Sample(1, LARGE);
        Sample second = new Sample(2, LARGE);
        first.mustStoreIn(cache, work);
        cache.store(second.context(), second.entry(), first.compile(work));
        assertThat(blobFiles()).hasSize(1);
        cache.store(first.context(), first.entry(), second.compile(work));
        try (Sample.Pin pin = new Sample.Pin(cache.pin(second.context(), second.key()))) {
            first.assertIs(pin.artifact().orElseThrow().artifact());
        }
        cache.store(second.context(), second.entry(), second.compile(work));
        assertThat(blobFiles()).hasSize(1);
    }

    @Test
    void aManifestKeepsItsMostRecentlyUsedEntries() throws Exception {
        Sample context = new Sample(0, 0);
        for (int number = 1; number <= 16; number++) {
            storeUnder(context.context(), new Sample(number, LARGE));
        }
        assertThat(pinAndRelease(context.context(), new Sample(1, LARGE))).isTrue();
        storeUnder(context.context(), new Sample(17, LARGE));
        List<Digest> kept = cache.manifest(context.context()).stream()
                .map(ManifestEntry::artifact)
                .toList();
        assertThat(kept).hasSize(16).startsWith(new Sample(17, LARGE).key());
        reopen();
        assertThat(cache.manifest(context.context()).stream().map(ManifestEntry::artifact))
                .containsExactlyElementsOf(kept);
    }

    @Test
    void theEntryUsedLastComesFirstAlsoAfterReopening() throws Exception {
        Digest context = new Sample(0, 0).context();
        for (int number = 1; number <= 3; number++) {
            storeUnder(context, new Sample(number, LARGE));
        }
        Sample used = new Sample(2, LARGE);
        assertThat(pinAndRelease(context, used)).isTrue();
        assertThat(cache.manifest(context).getFirst().artifact()).isEqualTo(used.key());
        reopen();
        assertThat(cache.manifest(context).getFirst().artifact()).isEqualTo(used.key());
    }

    @Test
    void aMissingOutputIsRefusedAndNothingIsLeftBehind() throws Exception {
        Sample sample = new Sample(1, LARGE);
        NewArtifact compiled = sample.compile(work);
        Files.delete(work.resolve("1.o"));
        assertThat(cache.store(sample.context(), sample.entry(), compiled))
                .isEqualTo(new ArtifactCache.StoreResult.Refused(
                        "output_missing", work.resolve("1.o").toString()));
        assertThat(sample.isIntactIn(cache)).isFalse();
        assertThat(blobFiles()).isEmpty();
        assertThat(temporaries()).isEmpty();
    }

    @Test
    void theUploadThatIsDueIsRecordedWithTheArtifactOrNotAtAll() throws Exception {
        Sample sample = new Sample(1, LARGE);
        Records.Entry upload = new Records.Entry(new byte[] {1}, new byte[] {2});
        NewArtifact compiled = sample.compile(work);
        Path object = Files.move(work.resolve("1.o"), work.resolve("later"));
        assertThat(cache.store(sample.context(), sample.entry(), compiled, Optional.of(upload)))
                .isInstanceOf(ArtifactCache.StoreResult.Refused.class);
        assertThat(cache.records().get(Records.Kind.UPLOAD, upload.key())).isEmpty();
        Files.move(object, work.resolve("1.o"));
        assertThat(cache.store(sample.context(), sample.entry(), compiled, Optional.of(upload)))
                .isInstanceOf(ArtifactCache.StoreResult.Stored.class);
        assertThat(cache.records().get(Records.Kind.UPLOAD, upload.key())).contains(upload.value());
    }

    @Test
    void anOutputThatIsNoRegularFileIsRefused() throws Exception {
        Sample sample = new Sample(1, LARGE);
        NewArtifact compiled = sample.compile(work);
        Files.delete(work.resolve("1.o"));
        Files.createDirectory(work.resolve("1.o"));
        assertThat(cache.store(sample.context(), sample.entry(), compiled))
                .isInstanceOfSatisfying(
                        ArtifactCache.StoreResult.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo("output_unreadable"));
    }

    @Test
    void anArtifactLargerThanAQuarterOfTheBudgetIsRefused() throws Exception {
        cache.budget(4 * LARGE);
        assertThat(new Sample(1, LARGE).storeIn(cache, work))
                .isInstanceOfSatisfying(
                        ArtifactCache.StoreResult.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo("too_large"));
        assertThat(blobFiles()).isEmpty();
    }

    @Test
    void manyIdenticalStoresAtOnceLeaveOneArtifactAndNoRubbish() throws Exception {
        Sample sample = new Sample(1, LARGE);
        List<Callable<ArtifactCache.StoreResult>> stores = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            Path own = Files.createDirectories(work.resolve("tree" + i));
            stores.add(() -> sample.storeIn(cache, own));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(64)) {
            for (Future<ArtifactCache.StoreResult> stored : threads.invokeAll(stores)) {
                assertThat(stored.get()).isInstanceOf(ArtifactCache.StoreResult.Stored.class);
            }
        }
        assertThat(sample.isIntactIn(cache)).isTrue();
        assertThat(blobFiles()).hasSize(1);
        assertThat(temporaries()).isEmpty();
        assertThat(cache.usage().artifacts()).isEqualTo(1);
    }

    @Test
    void clearingRemovesEverythingButPinnedBlobsAndRecordsOfOthers() throws Exception {
        Sample pinned = new Sample(1, LARGE);
        Sample other = new Sample(2, LARGE);
        pinned.mustStoreIn(cache, work);
        other.mustStoreIn(cache, work);
        cache.records().put(Records.Kind.STATISTICS, bytes("hits"), bytes("7"));
        try (Sample.Pin pin = new Sample.Pin(cache.pin(pinned.context(), pinned.key()))) {
            cache.clear();
            cache.settle();
            assertThat(cache.manifest(other.context())).isEmpty();
            assertThat(pinned.isIntactIn(cache)).isFalse();
            assertThat(other.isIntactIn(cache)).isFalse();
            pinned.assertIs(pin.artifact().orElseThrow().artifact());
            assertThat(blobFiles()).hasSize(1);
        }
        assertThat(blobFiles()).isEmpty();
        assertThat(cache.usage().artifacts()).isZero();
        assertThat(cache.records().get(Records.Kind.STATISTICS, bytes("hits"))).contains(bytes("7"));
    }

    @Test
    void recordsOfOneKindAreNoneOfAnotherAndOutliveTheProcess() throws Exception {
        Records records = cache.records();
        records.put(Records.Kind.FILE_STATE, bytes("a"), bytes("1"));
        records.putAll(
                Records.Kind.HISTORY,
                List.of(new Records.Entry(bytes("a"), bytes("2")), new Records.Entry(bytes("b"), bytes("3"))));
        reopen();
        List<String> history = new ArrayList<>();
        cache.records().forEach(Records.Kind.HISTORY, (key, value) -> history.add(text(key) + "=" + text(value)));
        assertThat(history).containsExactlyInAnyOrder("a=2", "b=3");
        assertThat(cache.records().get(Records.Kind.FILE_STATE, bytes("a")).map(LocalCacheTest::text))
                .contains("1");
        assertThat(cache.records().get(Records.Kind.STATISTICS, bytes("a"))).isEmpty();
    }

    @Test
    void aBlobWithAnotherSignatureButTheRightBytesIsServed() throws Exception {
        Sample sample = new Sample(1, LARGE);
        sample.mustStoreIn(cache, work);
        Path blob = blobFiles().getFirst();
        Path copy = Files.copy(blob, work.resolve("copy"));
        Files.move(copy, blob, StandardCopyOption.REPLACE_EXISTING);
        assertThat(sample.isIntactIn(cache)).isTrue();
        assertThat(sample.isIntactIn(cache)).isTrue();
    }

    @Test
    void aBlobWhoseBytesChangedTakesItsArtifactWithItAndCanBeStoredAgain() throws Exception {
        Sample sample = new Sample(1, LARGE);
        sample.mustStoreIn(cache, work);
        Files.write(blobFiles().getFirst(), new byte[] {1}, StandardOpenOption.WRITE);
        assertThat(sample.isIntactIn(cache)).isFalse();
        assertThat(cache.manifest(sample.context())).isEmpty();
        assertThat(blobFiles()).isEmpty();
        sample.mustStoreIn(cache, work);
        assertThat(sample.isIntactIn(cache)).isTrue();
    }

    @Test
    void aStoreDoesNotTrustABlobThatWasChangedUnderItsName() throws Exception {
        Sample first = new Sample(1, LARGE);
        Sample second = new Sample(2, LARGE);
        first.mustStoreIn(cache, work);
        Files.write(blobFiles().getFirst(), new byte[] {1}, StandardOpenOption.WRITE);
        cache.store(second.context(), second.entry(), first.compile(work));
        try (Sample.Pin pin = new Sample.Pin(cache.pin(second.context(), second.key()))) {
            first.assertIs(pin.artifact().orElseThrow().artifact());
        }
    }

    @Test
    void leftOversOfAKilledProcessAreRemovedAtTheNextOpening() throws Exception {
        Sample sample = new Sample(1, LARGE);
        sample.mustStoreIn(cache, work);
        cache.close();
        Path store = directory.resolve("cache/store-1");
        Files.write(store.resolve("tmp/left-over"), new byte[10]);
        Path orphan = store.resolve("blobs/ab/" + "0".repeat(62));
        Files.createDirectories(orphan.getParent());
        Files.write(orphan, new byte[10]);
        cache = LocalCache.open(directory.resolve("cache"), BUDGET, new StatSignatures());
        cache.settle();
        assertThat(temporaries()).isEmpty();
        assertThat(blobFiles()).hasSize(1);
        assertThat(sample.isIntactIn(cache)).isTrue();
    }

    @Test
    void theStoreIsForItsOwnerAloneThoughItsBlobsHaveTheModeOfLinkedOutputs() throws Exception {
        new Sample(1, LARGE).mustStoreIn(cache, work);
        Path store = directory.resolve("cache/store-1");
        assertThat(Files.getPosixFilePermissions(store)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(Files.getPosixFilePermissions(blobFiles().getFirst()))
                .isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
    }

    @Test
    void aClosedCacheAnswersWithMissesAndRefusals() throws Exception {
        Sample sample = new Sample(1, LARGE);
        sample.mustStoreIn(cache, work);
        Optional<PinnedArtifact> pinned = cache.pin(sample.context(), sample.key());
        cache.close();
        pinned.orElseThrow().close();
        assertThat(new Sample(2, LARGE).storeIn(cache, work)).isInstanceOf(ArtifactCache.StoreResult.Refused.class);
        assertThat(cache.manifest(new Sample(2, LARGE).context())).isEmpty();
        cache.close();
    }

    private void storeUnder(Digest context, Sample sample) throws IOException {
        assertThat(cache.store(context, sample.entry(), sample.compile(work)))
                .isInstanceOf(ArtifactCache.StoreResult.Stored.class);
    }

    private boolean pinAndRelease(Digest context, Sample sample) {
        try (Sample.Pin pin = new Sample.Pin(cache.pin(context, sample.key()))) {
            return pin.artifact().isPresent();
        }
    }

    private Tier tierOf(Sample sample) {
        try (Sample.Pin pin = new Sample.Pin(cache.pin(sample.context(), sample.key()))) {
            return pin.artifact().orElseThrow().tier();
        }
    }

    private List<Path> blobFiles() throws IOException {
        return files(directory.resolve("cache/store-1/blobs"));
    }

    private List<Path> temporaries() throws IOException {
        return files(directory.resolve("cache/store-1/tmp"));
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            return tree.filter(Files::isRegularFile).toList();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
