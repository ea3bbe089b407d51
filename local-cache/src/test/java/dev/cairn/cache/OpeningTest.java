package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpeningTest {
    private static final long BUDGET = 100L << 20;

    @TempDir
    Path directory;

    private LocalCache open(Path where) throws CacheUnavailable {
        return LocalCache.open(where, BUDGET, new StatSignatures());
    }

    @Test
    void aDirectoryThatAnotherProcessHasIsUnavailableAndTheOwnerNamed() throws Exception {
        Path cache = directory.resolve("cache");
        try (ChildProcess other = ChildProcess.start("hold", directory, 0)) {
            assertThat(other.line()).isEqualTo("open");
            assertThatThrownBy(() -> open(cache))
                    .isInstanceOf(CacheUnavailable.class)
                    .hasMessageContaining(cache.toString())
                    .hasMessageContaining("process " + other.pid())
                    .extracting(e -> ((CacheUnavailable) e).reason())
                    .isEqualTo(CacheUnavailable.Cause.IN_USE);
            other.kill();
            open(cache).close();
        }
    }

    @Test
    void aSecondCacheInOneProcessIsRefusedAndDoesNotBreakTheLockOfTheFirst() throws Exception {
        try (LocalCache first = open(directory.resolve("cache"))) {
            assertThatThrownBy(() -> open(directory.resolve("cache"))).isInstanceOf(CacheUnavailable.class);
            try (ChildProcess other = ChildProcess.start("hold", directory, 0)) {
                assertThatThrownBy(other::line).isInstanceOf(IOException.class);
            }
            assertThat(first.usage().artifacts()).isZero();
        }
        open(directory.resolve("cache")).close();
    }

    @Test
    void aFileInPlaceOfTheDirectoryMakesItUnavailable() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> open(file))
                .isInstanceOf(CacheUnavailable.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void aReadOnlyDirectoryIsUnavailable() throws Exception {
        Path cache = directory.resolve("cache");
        Files.createDirectories(cache);
        if (Mount.isPermitted()) {
            try (Mount mount = Mount.tmpfs(directory.resolve("mount"), "ro,size=16m")) {
                assertUnavailable(mount.point(), CacheUnavailable.Cause.NOT_WRITABLE);
            }
        } else {
            Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("r-xr-xr-x"));
            assertUnavailable(cache, CacheUnavailable.Cause.NOT_WRITABLE);
            Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @Test
    void aFullFileSystemRefusesStoresLeavesNothingBehindAndRecovers() throws Exception {
        assumeTrue(Mount.isPermitted(), "NOT RUN: mounting a small tmpfs needs root");
        try (Mount mount = Mount.tmpfs(directory.resolve("mount"), "size=48m")) {
            Path work = Files.createDirectories(directory.resolve("work"));
            try (LocalCache cache = open(mount.point())) {
                int refused = fill(cache, work);
                assertThat(refused).isPositive();
                assertThat(mount.point().resolve("store-1/tmp")).isEmptyDirectory();
                assertThat(new Sample(0, 1 << 20).isIntactIn(cache)).isTrue();
                cache.clear();
                cache.settle();
                new Sample(100, 1 << 20).mustStoreIn(cache, work);
            }
        }
    }

    @Test
    void aDatabaseThatRunsOutOfSpaceNeitherFailsNorForgets() throws Exception {
        assumeTrue(Mount.isPermitted(), "NOT RUN: mounting a small tmpfs needs root");
        try (Mount mount = Mount.tmpfs(directory.resolve("mount"), "size=48m")) {
            Path work = Files.createDirectories(directory.resolve("work"));
            try (LocalCache cache = open(mount.point().resolve("cache"))) {
                new Sample(0, 1 << 20).mustStoreIn(cache, work);
                Path ballast = mount.point().resolve("ballast");
                fill(ballast);
                for (int number = 1; number < 200; number++) {
                    cache.records()
                            .put(
                                    Records.Kind.HISTORY,
                                    new Sample(number, 0).key().toBytes(),
                                    new byte[30_000]);
                    assertThat(new Sample(number, 9000).storeIn(cache, work))
                            .isInstanceOf(ArtifactCache.StoreResult.Refused.class);
                }
                assertThat(new Sample(0, 1 << 20).isIntactIn(cache)).isTrue();
                assertThatThrownBy(() -> open(mount.point().resolve("other")))
                        .isInstanceOf(CacheUnavailable.class)
                        .extracting(e -> ((CacheUnavailable) e).reason())
                        .isEqualTo(CacheUnavailable.Cause.FULL);
                Files.delete(ballast);
                Awaitility.await()
                        .atMost(60, TimeUnit.SECONDS)
                        .until(() ->
                                new Sample(300, 9000).storeIn(cache, work) instanceof ArtifactCache.StoreResult.Stored);
            }
            try (LocalCache cache = open(mount.point().resolve("cache"))) {
                assertThat(new Sample(0, 1 << 20).isIntactIn(cache)).isTrue();
                assertThat(new Sample(300, 9000).isIntactIn(cache)).isTrue();
            }
        }
    }

    private void assertUnavailable(Path where, CacheUnavailable.Cause cause) {
        assertThatThrownBy(() -> open(where))
                .isInstanceOf(CacheUnavailable.class)
                .hasMessageContaining(where.toString())
                .extracting(e -> ((CacheUnavailable) e).reason())
                .isEqualTo(cause);
    }

    private static int fill(LocalCache cache, Path work) throws IOException {
        int refused = 0;
        for (int number = 0; number < 60; number++) {
            if (new Sample(number, 1 << 20).storeIn(cache, work) instanceof ArtifactCache.StoreResult.Refused because) {
                assertThat(because.reason()).isEqualTo("store_failed");
                assertThat(because.detail()).containsIgnoringCase("no space");
                refused++;
            }
        }
        return refused;
    }

    private static void fill(Path ballast) throws IOException {
        try (OutputStream out = Files.newOutputStream(ballast)) {
            while (true) {
                out.write(new byte[4096]);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space");
        }
    }
}
