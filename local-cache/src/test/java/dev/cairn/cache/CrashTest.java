package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrashTest {
    private static final int ROUNDS = 12;

    @TempDir
    Path directory;

    @Test
    void aProcessKilledWhileStoringLeavesOnlyWholeArtifacts() throws Exception {
        Files.createDirectories(directory.resolve("work"));
        Random random = new Random(42);
        int next = 0;
        int intact = 0;
        for (int round = 0; round < ROUNDS; round++) {
            next = storeUntilKilled(next, random);
            intact += countIntact();
        }
        assertThat(intact).isGreaterThan(ROUNDS);
    }

    /** Lets a process store, and kills it at an arbitrary moment after an arbitrary number of stores. */
    private int storeUntilKilled(int first, Random random) throws Exception {
        try (ChildProcess child = ChildProcess.start("store", directory, first)) {
            assertThat(child.line()).isEqualTo("open");
            int last = first;
            int stores = random.nextInt(1, 120);
            while (last < first + stores) {
                last = Integer.parseInt(child.line());
            }
            long until = System.nanoTime() + random.nextInt(3_000_000);
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            child.kill();
            return last + 1;
        }
    }

    private int countIntact() throws Exception {
        int intact = 0;
        Path cacheDirectory = directory.resolve("cache");
        try (LocalCache cache = LocalCache.open(cacheDirectory, 20L << 20, new StatSignatures())) {
            cache.settle();
            ArtifactCache.Usage before = cache.usage();
            for (int number = 0; number < 500; number++) {
                intact += isIntact(cache, number) ? 1 : 0;
            }
            ArtifactCache.Usage after = cache.usage();
            assertThat(after.artifacts() + after.evictions() - before.evictions())
                    .isGreaterThanOrEqualTo(intact);
        }
        assertThat(cacheDirectory.resolve("store-1/tmp")).isEmptyDirectory();
        return intact;
    }

    /** A sample may have been stored with any of the sizes that its number was given over time. */
    private static boolean isIntact(LocalCache cache, int number) throws Exception {
        Sample any = new Sample(number, 0);
        try (Sample.Pin pin = new Sample.Pin(cache.pin(any.context(), any.key()))) {
            if (pin.artifact().isEmpty()) {
                return false;
            }
            Artifact artifact = pin.artifact().get().artifact();
            int size = (int) artifact.outputs().getLast().size();
            assertThat((size - 5_000) % 60_000).isZero();
            new Sample(number, size).assertIs(artifact);
            assertThat(cache.manifest(any.context())).hasSize(1);
            return true;
        }
    }
}
