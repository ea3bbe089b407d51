package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConcurrencyTest {
    private static final int SAMPLES = 40;
    private static final int LARGE = 30_000;
    private static final long DURATION = TimeUnit.SECONDS.toNanos(6);

    @TempDir
    Path directory;

    private final AtomicLong hits = new AtomicLong();

    @Test
    void whatIsPinnedIsRightWhileOthersStoreEvictAndClear() throws Exception {
        long until = System.nanoTime() + DURATION;
        try (LocalCache cache = LocalCache.open(directory.resolve("cache"), 100L << 20, new StatSignatures())) {
            List<Callable<Void>> actors = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Path work = Files.createDirectories(directory.resolve("work" + i));
                Random random = new Random(i);
                actors.add(() -> repeat(until, () -> sample(random).storeIn(cache, work)));
                actors.add(() -> repeat(until, () -> read(cache, sample(random))));
                actors.add(() -> repeat(until, () -> read(cache, sample(random))));
            }
            actors.add(() -> repeat(until, () -> squeeze(cache)));
            actors.add(() -> repeat(until, () -> clear(cache)));
            try (ExecutorService threads = Executors.newFixedThreadPool(actors.size())) {
                for (Future<Void> actor : threads.invokeAll(actors)) {
                    actor.get();
                }
            }
            assertThat(hits).hasValueGreaterThan(100);
            cache.clear();
            cache.settle();
            assertThat(cache.usage().artifacts()).isZero();
        }
        try (var blobs = Files.walk(directory.resolve("cache/store-1/blobs"))) {
            assertThat(blobs.filter(Files::isRegularFile)).isEmpty();
        }
    }

    @Test
    void closingWhileOthersReadAndStoreEndsInMissesAndRefusals() throws Exception {
        for (int round = 0; round < 5; round++) {
            LocalCache cache = LocalCache.open(directory.resolve("cache"), 100L << 20, new StatSignatures());
            List<Callable<Void>> actors = new ArrayList<>();
            long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300);
            for (int i = 0; i < 4; i++) {
                Path work = Files.createDirectories(directory.resolve("work" + i));
                Random random = new Random(i);
                actors.add(() -> repeat(until, () -> sample(random).storeIn(cache, work)));
                actors.add(() -> repeat(until, () -> read(cache, sample(random))));
            }
            actors.add(() -> {
                while (hits.get() < 10 && System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
                cache.close();
                return null;
            });
            try (ExecutorService threads = Executors.newFixedThreadPool(actors.size())) {
                for (Future<Void> actor : threads.invokeAll(actors)) {
                    actor.get();
                }
            }
        }
    }

    private static Sample sample(Random random) {
        return new Sample(random.nextInt(SAMPLES), LARGE);
    }

    private void read(LocalCache cache, Sample sample) throws Exception {
        if (sample.isIntactIn(cache)) {
            hits.incrementAndGet();
        }
    }

    private static void squeeze(LocalCache cache) {
        cache.budget(1L << 20);
        cache.settle();
        cache.budget(100L << 20);
        cache.settle();
    }

    private static void clear(LocalCache cache) {
        cache.clear();
        cache.settle();
    }

    private interface Action {
        void run() throws Exception;
    }

    private static Void repeat(long until, Action action) throws Exception {
        while (System.nanoTime() < until) {
            action.run();
        }
        return null;
    }
}
