package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Altered objects: bits, lengths, splices, bombs. Nothing that is not what was written may be accepted, nothing else than
 * a refusal may come of it. A part of them get right digests again, so that what lies behind these is tried too.
 * {@code -Dcairn.fuzz=1000000} tries more; {@code -Dcairn.fuzz.seed} others.
 */
@Execution(ExecutionMode.CONCURRENT)
class FormatFuzzTest {
    private static final int ROUNDS = Integer.getInteger("cairn.fuzz", 200_000);
    private static final long SEED = Long.getLong("cairn.fuzz.seed", 20_260_101);
    private static final Digest KEY = SampleArtifacts.key("artifact");
    private static final String PLACE = "default/main";
    private static final int FIXED = 64;

    /** Small, so that what exceeds them shows itself. */
    private static final FormatLimits LIMITS = new FormatLimits(1 << 20, 4 << 20, 1 << 16);

    @TempDir
    Path directory;

    @Test
    void anAlteredArtifactIsRefused() throws IOException {
        List<byte[]> originals = new ArrayList<>();
        for (byte[] output : List.of(
                new byte[0], SampleArtifacts.utf8("object"), new byte[50_000], SampleArtifacts.random(7, 3_000))) {
            Path file = directory.resolve("original");
            new BundleWriter(PLACE, Optional.empty(), LIMITS)
                    .write(KEY, SampleArtifacts.artifact(output, SampleArtifacts.utf8("depfile")), file);
            originals.add(Files.readAllBytes(file));
        }
        Random random = new Random(SEED);
        BundleReader reader = new BundleReader(PLACE, Trust.ANYONE, LIMITS);
        int accepted = 0;
        for (int round = 0; round < ROUNDS / 2; round++) {
            byte[] original = originals.get(random.nextInt(originals.size()));
            byte[] altered =
                    random.nextBoolean() ? mutate(original, originals, random) : resealed(original, originals, random);
            accepted += tryBundle(reader, altered, original, round);
        }
        // Contents that were altered and sealed again are what a writer could have written: some are well-formed.
        assertThat(accepted).isLessThan(ROUNDS / 2);
        assertThat(directory.resolve("fetched")).doesNotExist();
    }

    private int tryBundle(BundleReader reader, byte[] altered, byte[] original, int round) {
        try (FetchedArtifact fetched =
                reader.read(KEY, new ByteArrayInputStream(altered), directory.resolve("fetched"))) {
            for (FetchedArtifact.Output output : fetched.outputs()) {
                assertThat(output.file()).hasParentRaw(directory.resolve("fetched"));
                assertThat(Hasher.content(Files.readAllBytes(output.file()))).isEqualTo(output.digest());
            }
            return Arrays.equals(altered, original) ? 0 : 1;
        } catch (DamagedObject refused) {
            return 0;
        } catch (IOException | RuntimeException e) {
            throw new AssertionError("seed " + SEED + ", round " + round + ", " + altered.length + " bytes", e);
        }
    }

    @Test
    void anAlteredArtifactWithASignatureIsNeverAccepted() throws IOException {
        SigningKey key = SigningKey.parse(SigningKey.generateSecret());
        Path file = directory.resolve("original");
        new BundleWriter(PLACE, Optional.of(key), LIMITS)
                .write(KEY, SampleArtifacts.artifact(SampleArtifacts.utf8("object")), file);
        byte[] original = Files.readAllBytes(file);
        BundleReader reader = new BundleReader(PLACE, new Trust(List.of(key.trusted())), LIMITS);
        Random random = new Random(SEED + 1);
        for (int round = 0; round < ROUNDS / 10; round++) {
            byte[] altered = round % 2 == 0
                    ? mutate(original, List.of(original), random)
                    : resealed(original, List.of(original), random);
            if (Arrays.equals(altered, original)) {
                continue;
            }
            try (FetchedArtifact fetched =
                    reader.read(KEY, new ByteArrayInputStream(altered), directory.resolve("signed"))) {
                throw new AssertionError("accepted in round " + round + " of seed " + SEED + ": " + fetched);
            } catch (DamagedObject | UntrustedObject refused) {
                assertThat(directory.resolve("signed")).doesNotExist();
            }
        }
    }

    @Test
    void anAlteredManifestIsRefused() throws IOException {
        List<byte[]> originals = new ArrayList<>();
        ManifestObject manifest = new ManifestObject(KEY, List.of());
        for (int i = 0; i < 4; i++) {
            originals.add(manifest.encode());
            manifest = manifest.with(List.of(SealedEntry.create(
                    PLACE,
                    KEY,
                    SampleArtifacts.key("a" + i),
                    SampleArtifacts.random(i, 1 << (3 * i)),
                    Optional.empty())));
        }
        Random random = new Random(SEED + 2);
        for (int round = 0; round < ROUNDS / 2; round++) {
            byte[] original = originals.get(random.nextInt(originals.size()));
            byte[] altered = mutate(original, originals, random);
            boolean sealed = random.nextBoolean() && (altered.length > Digest.LENGTH);
            if (sealed) {
                seal(altered);
            }
            try {
                ManifestObject read = ManifestObject.decode(KEY, altered);
                assertThat(read.entries()).hasSizeLessThanOrEqualTo(FormatLimits.ENTRIES);
                assertThat(sealed || originals.stream().anyMatch(known -> Arrays.equals(known, altered)))
                        .isTrue();
            } catch (DamagedObject refused) {
                // as it should be
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + SEED + ", round " + round, e);
            }
        }
    }

    @Test
    void anAlteredRecordIsRefused() throws IOException {
        List<byte[]> originals = new ArrayList<>();
        for (int count : new int[] {0, 1, 300}) {
            List<SessionRecord.Kept> kept = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                kept.add(new SessionRecord.Kept(use(i), Optional.of(SampleArtifacts.key("pack" + i % 3))));
            }
            originals.add(new SessionRecord(KEY, count, kept).encode(PLACE, Optional.empty()));
        }
        Random random = new Random(SEED + 3);
        for (int round = 0; round < ROUNDS / 10; round++) {
            byte[] altered = mutate(originals.get(random.nextInt(originals.size())), originals, random);
            boolean sealed = random.nextBoolean() && altered.length > Digest.LENGTH;
            if (sealed) {
                seal(altered);
            }
            try {
                SessionRecord read = SessionRecord.decode(KEY, PLACE, Trust.ANYONE, altered);
                assertThat(read.kept()).hasSizeLessThanOrEqualTo(SessionRecord.MOST_USES);
                assertThat(sealed || originals.stream().anyMatch(known -> Arrays.equals(known, altered)))
                        .isTrue();
            } catch (DamagedObject refused) {
                // as it should be
            } catch (IOException | RuntimeException e) {
                throw new AssertionError("seed " + SEED + ", round " + round, e);
            }
        }
    }

    /** Its name is its digest, which whoever may write can make for anything. */
    @Test
    void anAlteredPackIsRefusedOrWellFormed() {
        List<byte[]> originals = new ArrayList<>();
        for (int count : new int[] {0, 1, 20}) {
            List<Pack.Item> items = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                items.add(new Pack.Item(use(i), SampleArtifacts.random(i, 100 * i), SampleArtifacts.random(i, 30 * i)));
            }
            originals.add(new Pack(items).encode());
        }
        Random random = new Random(SEED + 4);
        for (int round = 0; round < ROUNDS / 10; round++) {
            byte[] altered = mutate(originals.get(random.nextInt(originals.size())), originals, random);
            try {
                Pack read = Pack.decode(Hasher.content(altered), altered);
                long bytes = read.items().stream()
                        .mapToLong(item -> item.entry().length + item.bundle().length)
                        .sum();
                assertThat(bytes).isLessThanOrEqualTo(2L * Pack.LARGEST);
            } catch (DamagedObject refused) {
                // as it should be
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + SEED + ", round " + round, e);
            }
        }
    }

    @Test
    void anAlteredSetOfContextsIsRefusedOrWellFormed() {
        Digest name = new Layout("default", "main").contextsName();
        List<byte[]> originals = new ArrayList<>(List.of(ContextSet.FULL.encode(name)));
        for (int count : new int[] {0, 1, 300, 20_000}) {
            List<Digest> contexts = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                contexts.add(SampleArtifacts.key("context" + i));
            }
            originals.add(ContextSet.EMPTY.with(contexts).encode(name));
        }
        Random random = new Random(SEED + 5);
        int accepted = 0;
        for (int round = 0; round < ROUNDS / 2; round++) {
            byte[] original = originals.get(random.nextInt(originals.size()));
            byte[] altered = random.nextBoolean() ? mutate(original, originals, random) : repacked(original, random);
            boolean sealed = random.nextBoolean() && altered.length > Digest.LENGTH;
            if (sealed) {
                seal(altered);
            }
            try {
                ContextSet read = ContextSet.decode(name, altered);
                assertThat(read.size()).isLessThanOrEqualTo(ContextSet.MOST);
                assertThat(read.isFull() && read.size() > 0).isFalse();
                assertThat(sealed || originals.stream().anyMatch(known -> Arrays.equals(known, altered)))
                        .isTrue();
                assertThat(ContextSet.decode(name, read.encode(name)).size()).isEqualTo(read.size());
                accepted++;
            } catch (DamagedObject refused) {
                // as it should be
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + SEED + ", round " + round, e);
            }
        }
        assertThat(accepted).isPositive();
    }

    /** Takes the content of a set, alters it, and puts it in again with its new length. */
    private static byte[] repacked(byte[] original, Random random) {
        int header = 51;
        int end = original.length - Digest.LENGTH;
        int length = ByteBuffer.wrap(original).getInt(header - 4);
        byte[] content = Zstd.decompress(Arrays.copyOfRange(original, header, end), length);
        byte[] altered = mutate(content, List.of(new byte[] {0, -1, 127, -128, 1, -1, -1, -1, -1, 15}), random);
        byte[] packed = Zstd.compress(altered);
        return ByteBuffer.allocate(header + packed.length + Digest.LENGTH)
                .put(original, 0, header - 4)
                .putInt(altered.length)
                .put(packed)
                .array();
    }

    private static void seal(byte[] bytes) {
        int end = bytes.length - Digest.LENGTH;
        System.arraycopy(Hasher.content(Arrays.copyOf(bytes, end)).toBytes(), 0, bytes, end, Digest.LENGTH);
    }

    private static SessionRecord.Use use(int number) {
        return new SessionRecord.Use(SampleArtifacts.key("context" + number), SampleArtifacts.key("artifact" + number));
    }

    /** A few bytes that say that they are very many, with right digests. */
    @Test
    void aBombIsRefusedBeforeItExplodes() throws IOException {
        byte[] zeros = new byte[64 << 20];
        byte[] packed = Zstd.compress(zeros);
        BundleReader reader = new BundleReader(PLACE, Trust.ANYONE, FormatLimits.DEFAULT);
        for (long plain : new long[] {12, zeros.length, zeros.length * 2L, 3L << 30, Long.MAX_VALUE, -1}) {
            byte[] bomb = seal(packed, plain);
            try (FetchedArtifact fetched =
                    reader.read(KEY, new ByteArrayInputStream(bomb), directory.resolve("fetched"))) {
                throw new AssertionError("accepted: " + fetched);
            } catch (DamagedObject refused) {
                assertThat(directory.resolve("fetched")).doesNotExist();
            }
        }
    }

    /** Takes the content of a bundle, alters it, and makes a bundle of it again. */
    private static byte[] resealed(byte[] original, List<byte[]> others, Random random) {
        long plain = ByteBuffer.wrap(original).getLong(24);
        boolean compressed = original[10] == 1;
        byte[] body = Arrays.copyOfRange(original, BundleHeader.LENGTH, original.length);
        byte[] content = compressed ? Zstd.decompress(body, (int) plain) : body;
        byte[] altered = mutate(content, others, random);
        byte[] packed = Zstd.compress(altered);
        return switch (random.nextInt(3)) {
            case 0 -> seal(mutate(packed, others, random), altered.length);
            case 1 -> seal(packed, random.nextInt(1 << 20));
            default -> seal(packed, altered.length);
        };
    }

    private static byte[] seal(byte[] packed, long plain) {
        MessageDigest digest = BundleHeader.start(true, packed.length, plain, KEY);
        Digest content = Digest.read(digest.digest(packed), 0);
        BundleHeader header =
                new BundleHeader(true, packed.length, plain, KEY, Seal.NONE, BundleHeader.checksum(content, Seal.NONE));
        return ByteBuffer.allocate(BundleHeader.LENGTH + packed.length)
                .put(header.encode())
                .put(packed)
                .array();
    }

    private static byte[] mutate(byte[] original, List<byte[]> others, Random random) {
        byte[] bytes = original.clone();
        int times = 1 + random.nextInt(3);
        for (int i = 0; i < times && bytes.length > 0; i++) {
            int at = random.nextInt(random.nextBoolean() ? bytes.length : Math.min(bytes.length, FIXED));
            bytes = switch (random.nextInt(7)) {
                case 0 -> flip(bytes, at, (byte) (1 << random.nextInt(8)));
                case 1 -> flip(bytes, at, (byte) (1 + random.nextInt(255)));
                case 2 -> Arrays.copyOf(bytes, at);
                case 3 -> Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(64));
                case 4 -> splice(bytes, at, others.get(random.nextInt(others.size())), random);
                case 5 -> number(bytes, at, random);
                default -> splice(bytes, at, bytes, random);
            };
        }
        return bytes;
    }

    private static byte[] flip(byte[] bytes, int at, byte bits) {
        bytes[at] ^= bits;
        return bytes;
    }

    /** Writes a number that lengths are feared for. */
    private static byte[] number(byte[] bytes, int at, Random random) {
        int[] numbers = {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0x7fff, 0x10000, 1 << 24};
        byte[] number = ByteBuffer.allocate(4)
                .putInt(numbers[random.nextInt(numbers.length)])
                .array();
        System.arraycopy(number, 0, bytes, at, Math.min(4, bytes.length - at));
        return bytes;
    }

    private static byte[] splice(byte[] bytes, int at, byte[] other, Random random) {
        int from = random.nextInt(other.length);
        int length = random.nextInt(Math.min(200, other.length - from) + 1);
        byte[] spliced = Arrays.copyOf(bytes, Math.max(bytes.length, at + length));
        System.arraycopy(other, from, spliced, at, length);
        return spliced;
    }
}
