package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Every row of the database comes back as it was written, and a damaged one does not come back at all. */
class RecordPropertyTest {
    private static final byte[] KEY = Hasher.content(new byte[0]).toBytes();

    @Provide
    Arbitrary<Digest> digests() {
        return Arbitraries.longs().tuple4().map(t -> new Digest(t.get1(), t.get2(), t.get3(), t.get4()));
    }

    @Provide
    Arbitrary<String> anyText() {
        return Arbitraries.oneOf(
                Arbitraries.strings().all().ofMaxLength(20),
                Arbitraries.strings().withCharRange('\0', '\u00ff').ofMaxLength(200),
                Arbitraries.strings().withChars('\uD800', '\uDC00', 'a').ofMaxLength(5));
    }

    @Provide
    Arbitrary<FileSignature> signatures() {
        return Combinators.combine(Arbitraries.longs().tuple5(), Arbitraries.integers())
                .as((t, mode) -> new FileSignature(t.get1(), t.get2(), t.get3(), t.get4(), t.get5(), mode));
    }

    @Provide
    Arbitrary<List<ManifestEntry>> manifests() {
        Arbitrary<List<String>> texts = anyText().list().ofMaxSize(3);
        Arbitrary<List<ManifestEntry.Input>> inputs = Combinators.combine(anyText(), digests())
                .as(ManifestEntry.Input::new)
                .list()
                .ofMaxSize(4);
        Arbitrary<List<ManifestEntry.Condition>> conditions = Combinators.combine(anyText(), texts, anyText())
                .as(ManifestEntry.Condition::new)
                .list()
                .ofMaxSize(3);
        return Combinators.combine(inputs, texts, texts, texts, conditions, anyText(), digests())
                .as(ManifestEntry::new)
                .list()
                .ofMaxSize(4);
    }

    @Provide
    Arbitrary<ArtifactRecord> artifacts() {
        Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(40);
        Arbitrary<BlobReference> blob = Combinators.combine(
                        digests(), Arbitraries.longs().between(0, Long.MAX_VALUE), signatures())
                .as((digest, size, signature) -> new BlobReference(digest, size, path(digest), signature));
        Arbitrary<Artifact.Output> inline = Combinators.combine(anyText(), Arbitraries.of(true, false), bytes)
                .as((role, executable, content) -> new Artifact.Output(
                        role,
                        executable,
                        content.length,
                        Hasher.content(content),
                        new Artifact.Payload.Inline(content)));
        return Combinators.combine(
                        blob.list().ofMaxSize(3).uniqueElements(BlobReference::digest),
                        inline.list().ofMaxSize(3),
                        bytes,
                        digests().list().ofMaxSize(2))
                .as((blobs, inlines, stream, contexts) -> {
                    List<Artifact.Output> outputs = new ArrayList<>(inlines);
                    blobs.forEach(reference -> outputs.add(new Artifact.Output(
                            "object",
                            false,
                            reference.size(),
                            reference.digest(),
                            new Artifact.Payload.Blob(reference.path()))));
                    return new ArtifactRecord(new Artifact(outputs, stream, stream), blobs, contexts);
                });
    }

    @Property
    void manifestsComeBackAsTheyWereWritten(@ForAll("manifests") List<ManifestEntry> entries) {
        assertThat(ManifestCodec.decode(KEY, ManifestCodec.encode(KEY, entries)))
                .contains(entries);
    }

    @Property
    void artifactsComeBackAsTheyWereWritten(@ForAll("artifacts") ArtifactRecord artifact) {
        ArtifactRecord decoded = decodeArtifact(artifact.encode(KEY)).orElseThrow();
        assertThat(decoded).usingRecursiveComparison().isEqualTo(artifact);
    }

    @Property
    void smallRowsComeBackAsTheyWereWritten(
            @ForAll @IntRange(min = 0) int a, @ForAll @IntRange(min = 0) int b, @ForAll("signatures") FileSignature s) {
        BlobRow blob = new BlobRow(a, b, s);
        LastUse use = new LastUse(a, b, (long) a << 20);
        Totals totals = new Totals(a, b, a, b, a);
        assertThat(BlobRow.decode(KEY, blob.encode(KEY))).contains(blob);
        assertThat(LastUse.decode(KEY, use.encode(KEY))).contains(use);
        assertThat(Totals.decode(totals.encode())).contains(totals);
    }

    @Property
    void anyFlippedBitMakesAnArtifactAbsent(
            @ForAll("artifacts") ArtifactRecord artifact, @ForAll int position, @ForAll @IntRange(max = 7) int bit) {
        assertThat(decodeArtifact(flipped(artifact.encode(KEY), position, bit))).isEmpty();
    }

    @Property
    void anyFlippedBitMakesAManifestAbsent(
            @ForAll("manifests") List<ManifestEntry> entries,
            @ForAll int position,
            @ForAll @IntRange(max = 7) int bit) {
        assertThat(ManifestCodec.decode(KEY, flipped(ManifestCodec.encode(KEY, entries), position, bit)))
                .isEmpty();
    }

    @Property
    void aTruncatedOrExtendedRowIsAbsent(@ForAll("artifacts") ArtifactRecord artifact, @ForAll int length) {
        byte[] encoded = artifact.encode(KEY);
        assertThat(decodeArtifact(Arrays.copyOf(encoded, Math.floorMod(length, encoded.length))))
                .isEmpty();
        assertThat(decodeArtifact(Arrays.copyOf(encoded, encoded.length + 1))).isEmpty();
    }

    @Property
    void arbitraryBytesAreNoRow(@ForAll byte[] bytes) {
        assertThat(decodeArtifact(bytes)).isEmpty();
        assertThat(ManifestCodec.decode(KEY, bytes)).isEmpty();
        assertThat(BlobRow.decode(KEY, bytes)).isEmpty();
        assertThat(LastUse.decode(KEY, bytes)).isEmpty();
    }

    @Example
    void aRowOfOneKindOrKeyIsNoneOfAnother() {
        byte[] manifest = ManifestCodec.encode(KEY, List.of());
        byte[] otherKey = Hasher.content(new byte[1]).toBytes();
        assertThat(ManifestCodec.decode(KEY, manifest)).isPresent();
        assertThat(decodeArtifact(manifest)).isEmpty();
        assertThat(LastUse.decode(KEY, manifest)).isEmpty();
        assertThat(ManifestCodec.decode(otherKey, manifest)).isEmpty();
    }

    @Example
    void sizesBeyondTwoGibibytesAreKept() {
        long size = 5L << 30;
        FileSignature signature = new FileSignature(1, 1L << 40, size, 2, 3, 0100644);
        Digest digest = Hasher.content(new byte[0]);
        ArtifactRecord huge = new ArtifactRecord(
                new Artifact(
                        List.of(new Artifact.Output(
                                "object", false, size, digest, new Artifact.Payload.Blob(path(digest)))),
                        new byte[0],
                        new byte[0]),
                List.of(new BlobReference(digest, size, path(digest), signature)),
                List.of());
        ArtifactRecord decoded = decodeArtifact(huge.encode(KEY)).orElseThrow();
        assertThat(decoded.artifact().outputs().getFirst().size()).isEqualTo(size);
        assertThat(decoded.blobCharge()).isEqualTo(size);
    }

    private static Optional<ArtifactRecord> decodeArtifact(byte[] value) {
        return ArtifactRecord.decode(KEY, value, RecordPropertyTest::path);
    }

    private static String path(Digest digest) {
        return "/blobs/" + digest.hex();
    }

    private static byte[] flipped(byte[] bytes, int position, int bit) {
        bytes[Math.floorMod(position, bytes.length)] ^= (byte) (1 << bit);
        return bytes;
    }
}
