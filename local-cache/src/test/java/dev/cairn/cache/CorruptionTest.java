package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever happens to the files of a store: it opens, it serves nothing altered, and it stores again. */
class CorruptionTest {
    private static final long BUDGET = 100L << 20;
    private static final int SAMPLES = 30;
    private static final int LARGE = 20_000;

    @TempDir
    Path directory;

    private Path work;

    enum Harm {
        FLIP,
        FLIP_MANY,
        TRUNCATE,
        EMPTY,
        DELETE,
        GARBAGE
    }

    @BeforeEach
    void makeWorkDirectory() throws IOException {
        work = Files.createDirectories(directory.resolve("work"));
    }

    static Stream<Arguments> harms() {
        return Stream.of(".sst", ".log", "MANIFEST", "CURRENT", "OPTIONS", "IDENTITY")
                .flatMap(kind -> Stream.of(Harm.values()).map(harm -> Arguments.of(kind, harm)));
    }

    @ParameterizedTest
    @MethodSource("harms")
    void aDamagedDatabaseFileCostsEntriesAndNothingElse(String kind, Harm harm) throws Exception {
        fillStore();
        Random random = new Random(7);
        for (Path file : files("db", kind)) {
            harm(file, harm, random);
        }
        requireSoundness();
    }

    @ParameterizedTest
    @EnumSource(Harm.class)
    void aDamagedBlobCostsItsArtifactAndNothingElse(Harm harm) throws Exception {
        fillStore();
        Random random = new Random(7);
        for (Path file : files("blobs", "")) {
            harm(file, harm, random);
        }
        requireSoundness();
    }

    @Test
    void blobsThatChangedPlacesAreNotServed() throws Exception {
        fillStore();
        List<Path> blobs = files("blobs", "");
        byte[] first = Files.readAllBytes(blobs.getFirst());
        Files.write(blobs.getFirst(), Files.readAllBytes(blobs.getLast()));
        Files.write(blobs.getLast(), first);
        requireSoundness();
    }

    @Test
    void aTableFileDamagedWhileTheCacheIsOpenIsReplacedInTheBackground() throws Exception {
        fillStore();
        try (LocalCache cache = open()) {
            cache.settle();
            Random random = new Random(7);
            List<Path> tables = files("db", ".sst");
            for (Path file : tables) {
                harm(file, Harm.GARBAGE, random);
            }
            for (int number = 0; number < SAMPLES; number++) {
                new Sample(number, LARGE).isIntactIn(cache);
            }
            cache.settle();
            assertThat(tables).noneMatch(Files::exists);
            new Sample(1000, LARGE).mustStoreIn(cache, work);
            assertThat(new Sample(1000, LARGE).isIntactIn(cache)).isTrue();
        }
        requireSoundness();
    }

    @ParameterizedTest
    @EnumSource(
            value = Table.class,
            names = {"ARTIFACTS", "BLOBS", "RECENCY", "MANIFESTS"})
    void aDamagedRowIsRepairedOrRemovedAndCostsNoOtherArtifact(Table table) throws Exception {
        fillStore();
        Sample touched = new Sample(3, LARGE);
        byte[] row = switch (table) {
            case BLOBS -> Hasher.content(touched.large()).toBytes();
            case MANIFESTS -> touched.context().toBytes();
            default -> touched.key().toBytes();
        };
        byte[] damaged = damageRow(table, row);
        for (int opening = 0; opening < 2; opening++) {
            try (LocalCache cache = open()) {
                cache.manifest(touched.context());
                touched.isIntactIn(cache);
                touched.mustStoreIn(cache, work);
                assertThat(touched.isIntactIn(cache)).isTrue();
                assertThat(new Sample(4, LARGE).isIntactIn(cache)).isTrue();
            }
        }
        try (LocalCache cache = open()) {
            cache.settle();
            assertThat(touched.isIntactIn(cache)).isTrue();
            assertThat(cache.usage().artifacts()).isEqualTo(SAMPLES);
        }
        try (Database database = openDatabase()) {
            assertThat(database.get(table, row))
                    .hasValueSatisfying(value -> assertThat(value).isNotEqualTo(damaged));
        }
    }

    private byte[] damageRow(Table table, byte[] row) throws Exception {
        try (Database database = openDatabase()) {
            byte[] value = database.get(table, row).orElseThrow();
            value[value.length / 2] ^= 4;
            database.write(new Batch().put(table, row, value));
            return value;
        }
    }

    @Test
    void aDamagedTimeOfUseFoundOnlyWhileClosingIsRepairedAtTheNextOpening() throws Exception {
        fillStore();
        Sample touched = new Sample(3, LARGE);
        byte[] damaged = damageRow(Table.RECENCY, touched.key().toBytes());
        try (LocalCache cache = open()) {
            assertThat(touched.isIntactIn(cache)).isTrue();
        }
        try (LocalCache cache = open()) {
            cache.settle();
        }
        try (Database database = openDatabase()) {
            assertThat(database.get(Table.RECENCY, touched.key().toBytes()))
                    .hasValueSatisfying(value -> assertThat(value).isNotEqualTo(damaged));
        }
    }

    @Test
    void anArtifactWhoseTimeOfUseIsDamagedIsEvictedAllTheSame() throws Exception {
        fillStore();
        damageRow(Table.RECENCY, new Sample(3, LARGE).key().toBytes());
        try (LocalCache cache = open()) {
            cache.budget(0);
            await().until(() -> cache.usage().artifacts() == 0);
            assertThat(new Sample(3, LARGE).isIntactIn(cache)).isFalse();
        }
    }

    private Database openDatabase() throws Exception {
        NativeLibrary.load();
        return Database.open(directory.resolve("cache/store-1/db"), () -> {});
    }

    private LocalCache open() throws CacheUnavailable {
        return LocalCache.open(directory.resolve("cache"), BUDGET, new StatSignatures());
    }

    /** Leaves rows both in table files and in the write-ahead log. */
    private void fillStore() throws Exception {
        try (LocalCache cache = open()) {
            store(cache, 0, SAMPLES / 2);
        }
        try (Database database = openDatabase()) {
            database.compact();
        }
        try (LocalCache cache = open()) {
            store(cache, SAMPLES / 2, SAMPLES);
        }
    }

    private void store(LocalCache cache, int from, int to) throws IOException {
        for (int number = from; number < to; number++) {
            new Sample(number, LARGE).mustStoreIn(cache, work);
        }
    }

    private void requireSoundness() throws Exception {
        for (int opening = 0; opening < 2; opening++) {
            try (LocalCache cache = open()) {
                for (int number = 0; number < SAMPLES; number++) {
                    new Sample(number, LARGE).isIntactIn(cache);
                    for (ManifestEntry entry : cache.manifest(new Sample(number, LARGE).context())) {
                        assertThat(entry).isEqualTo(new Sample(number, LARGE).entry());
                    }
                }
                cache.settle();
                Sample fresh = new Sample(2000 + opening, LARGE);
                fresh.mustStoreIn(cache, work);
                assertThat(fresh.isIntactIn(cache)).isTrue();
                new Sample(0, LARGE).mustStoreIn(cache, work);
                assertThat(new Sample(0, LARGE).isIntactIn(cache)).isTrue();
            }
        }
    }

    private List<Path> files(String part, String kind) throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("cache/store-1").resolve(part))) {
            List<Path> found = files.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().contains(kind))
                    .sorted()
                    .toList();
            assertThat(found).as(part + " " + kind).isNotEmpty();
            return found;
        }
    }

    private static void harm(Path file, Harm harm, Random random) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (harm == Harm.DELETE) {
            Files.delete(file);
        } else if (bytes.length > 0) {
            Files.write(file, harmed(bytes, harm, random));
        }
    }

    private static byte[] harmed(byte[] bytes, Harm harm, Random random) {
        switch (harm) {
            case FLIP -> bytes[random.nextInt(bytes.length)] ^= 1;
            case FLIP_MANY -> {
                for (int i = 0; i < bytes.length; i += 50) {
                    bytes[i] ^= (byte) (1 << random.nextInt(8));
                }
            }
            case TRUNCATE -> {
                return Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }
            case GARBAGE -> random.nextBytes(bytes);
            case EMPTY, DELETE -> {
                return new byte[0];
            }
        }
        return bytes;
    }
}
