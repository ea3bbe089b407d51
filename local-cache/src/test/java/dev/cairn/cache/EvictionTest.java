package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvictionTest {
    private static final long MEBIBYTE = 1 << 20;
    private static final int LARGE = 1_000_000;

    @TempDir
    Path directory;

    private Path work;

    @BeforeEach
    void makeWorkDirectory() throws IOException {
        work = Files.createDirectories(directory.resolve("work"));
    }

    private LocalCache open(long budget) throws CacheUnavailable {
        return LocalCache.open(directory.resolve("cache"), budget, new StatSignatures());
    }

    @Test
    void theDirectoryStaysNearItsBudgetWhileTenTimesAsMuchIsStored() throws Exception {
        long budget = 50 * MEBIBYTE;
        long largest = 0;
        try (LocalCache cache = open(budget)) {
            for (int number = 0; number < 500; number++) {
                new Sample(number, LARGE).mustStoreIn(cache, work);
                Files.delete(work.resolve(number + ".o"));
                largest = Math.max(largest, bytesBelow(directory.resolve("cache")));
            }
            cache.settle();
            assertThat(bytesBelow(directory.resolve("cache"))).isLessThanOrEqualTo(budget);
            assertThat(cache.usage().bytes()).isLessThanOrEqualTo(budget);
            assertThat(cache.usage().evictions()).isGreaterThan(400);
            assertThat(new Sample(499, LARGE).isIntactIn(cache)).isTrue();
            assertThat(new Sample(0, LARGE).isIntactIn(cache)).isFalse();
            assertThat(cache.wasEvicted(new Sample(0, LARGE).key())).isTrue();
            assertThat(cache.wasEvicted(new Sample(499, LARGE).key())).isFalse();
            assertThat(cache.wasEvicted(new Sample(1000, LARGE).key())).isFalse();
        }
        assertThat(largest).isLessThan(budget + 16 * MEBIBYTE);
        try (LocalCache cache = open(budget)) {
            assertThat(cache.wasEvicted(new Sample(0, LARGE).key())).isTrue();
            assertThat(cache.usage().evictions()).isGreaterThan(400);
        }
    }

    @Test
    void aDatabaseFullOfSmallArtifactsShrinksAndKeepsWhatFits() throws Exception {
        long budget = 16 * MEBIBYTE;
        long largest = 0;
        try (LocalCache cache = open(budget)) {
            for (int number = 0; number < 20_000; number++) {
                new Sample(number, 3000).mustStoreIn(cache, work);
                Files.delete(work.resolve(number + ".o"));
                Files.delete(work.resolve(number + ".d"));
                if (number % 100 == 0) {
                    largest = Math.max(largest, bytesBelow(directory.resolve("cache")));
                }
            }
            cache.settle();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> bytesBelow(directory.resolve("cache")) <= budget + MEBIBYTE);
            assertThat(new Sample(19_999, 3000).isIntactIn(cache)).isTrue();
            assertThat(cache.usage().artifacts()).isGreaterThan(2000);
        }
        assertThat(largest).isLessThan(budget + 24 * MEBIBYTE);
    }

    @Test
    void whatWasNotUsedForLongestGoesFirst() throws Exception {
        try (LocalCache cache = open(100 * MEBIBYTE)) {
            for (int number = 0; number < 10; number++) {
                new Sample(number, LARGE).mustStoreIn(cache, work);
            }
            for (int number : List.of(0, 3, 5)) {
                assertThat(new Sample(number, LARGE).isIntactIn(cache)).isTrue();
            }
            cache.settle();
            reduceTo(cache, 5 * MEBIBYTE);
            for (int number : List.of(0, 3, 5)) {
                assertThat(new Sample(number, LARGE).isIntactIn(cache)).isTrue();
                assertThat(cache.manifest(new Sample(number, LARGE).context())).hasSize(1);
            }
            for (int number : List.of(1, 2, 4)) {
                assertThat(new Sample(number, LARGE).isIntactIn(cache)).isFalse();
                assertThat(cache.manifest(new Sample(number, LARGE).context())).isEmpty();
            }
        }
    }

    @Test
    void toAskWhetherSomethingIsThereIsNoUse() throws Exception {
        try (LocalCache cache = open(100 * MEBIBYTE)) {
            for (int number = 0; number < 10; number++) {
                new Sample(number, LARGE).mustStoreIn(cache, work);
            }
            Sample first = new Sample(0, LARGE);
            Sample last = new Sample(9, LARGE);
            assertThat(cache.contains(first.context(), first.key())).isTrue();
            assertThat(cache.contains(last.context(), first.key())).isFalse();
            cache.settle();
            reduceTo(cache, 5 * MEBIBYTE);
            assertThat(cache.contains(first.context(), first.key())).isFalse();
            assertThat(cache.contains(last.context(), last.key())).isTrue();
        }
    }

    @Test
    void timesOfUseOutliveTheProcess() throws Exception {
        try (LocalCache cache = open(100 * MEBIBYTE)) {
            for (int number = 0; number < 6; number++) {
                new Sample(number, LARGE).mustStoreIn(cache, work);
            }
            assertThat(new Sample(0, LARGE).isIntactIn(cache)).isTrue();
        }
        try (LocalCache cache = open(100 * MEBIBYTE)) {
            reduceTo(cache, 3 * MEBIBYTE);
            assertThat(new Sample(0, LARGE).isIntactIn(cache)).isTrue();
            assertThat(new Sample(1, LARGE).isIntactIn(cache)).isFalse();
        }
    }

    @Test
    void aPinnedBlobIsEvictedOnlyAfterItsRelease() throws Exception {
        Sample sample = new Sample(1, LARGE);
        try (LocalCache cache = open(100 * MEBIBYTE)) {
            sample.mustStoreIn(cache, work);
            try (Sample.Pin pin = new Sample.Pin(cache.pin(sample.context(), sample.key()))) {
                reduceTo(cache, 0);
                assertThat(cache.usage().artifacts()).isZero();
                sample.assertIs(pin.artifact().orElseThrow().artifact());
            }
            assertThat(bytesBelow(directory.resolve("cache/store-1/blobs"))).isZero();
        }
    }

    @Test
    void overwritingDoesNotMakeTheCountersDrift() throws Exception {
        try (LocalCache cache = open(100 * MEBIBYTE)) {
            for (int round = 0; round < 3; round++) {
                for (int number = 0; number < 5; number++) {
                    Sample sample = new Sample(number, LARGE);
                    cache.store(sample.context(), sample.entry(), new Sample(number + round, LARGE).compile(work));
                }
            }
            long blobs = bytesBelow(directory.resolve("cache/store-1/blobs"));
            assertThat(cache.usage().artifacts()).isEqualTo(5);
            assertThat(cache.usage().bytes()).isBetween(blobs, blobs + 4 * MEBIBYTE);
        }
    }

    private static void reduceTo(LocalCache cache, long budget) {
        cache.budget(budget);
        cache.settle();
    }

    private static long bytesBelow(Path tree) throws IOException {
        long[] total = {0};
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                total[0] += attributes.size();
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException gone) {
                return FileVisitResult.CONTINUE;
            }
        });
        return total[0];
    }
}
