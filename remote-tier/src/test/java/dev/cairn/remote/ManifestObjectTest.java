package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cairn.cache.Digest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ManifestObjectTest {
    private static final Digest CONTEXT = SampleArtifacts.key("context");
    private static final String PLACE = "default/main";
    private static final SigningKey KEY = SigningKey.parse(SigningKey.generate());

    @Test
    void aManifestComesBackAsItWasWritten() throws IOException {
        ManifestObject manifest = manifest(entry("one"), entry("two"));
        ManifestObject read = ManifestObject.decode(CONTEXT, manifest.encode());
        assertThat(read.entries())
                .extracting(SealedEntry::identity)
                .containsExactly(entry("one").identity(), entry("two").identity());
        assertThat(read.entries().getFirst().entry()).isEqualTo(entry("one").entry());
    }

    @Test
    void mergingKeepsWhatOthersWrote() {
        ManifestObject merged = manifest(entry("one"), entry("two")).with(List.of(entry("three"), entry("two")));
        assertThat(merged.entries())
                .extracting(SealedEntry::artifact)
                .containsExactly(SampleArtifacts.key("three"), SampleArtifacts.key("two"), SampleArtifacts.key("one"));
        assertThat(merged.containsAll(List.of(entry("one"), entry("two"), entry("three"))))
                .isTrue();
        assertThat(merged.containsAll(List.of(entry("four")))).isFalse();
    }

    @Test
    void aSignedEntryReplacesTheSameUnsignedOne() throws IOException {
        SealedEntry signed = signed("one");
        ManifestObject unsigned = manifest(entry("one"));
        assertThat(unsigned.containsAll(List.of(signed))).isFalse();
        ManifestObject merged =
                ManifestObject.decode(CONTEXT, unsigned.with(List.of(signed)).encode());
        assertThat(merged.entries()).hasSize(1);
        assertThat(merged.containsAll(List.of(signed))).isTrue();
        assertThat(merged.with(List.of(entry("one"))).containsAll(List.of(signed)))
                .isTrue();
        assertThat(merged.entries().getFirst().isTrusted(new Trust(List.of(KEY.trusted())), PLACE, CONTEXT))
                .isTrue();
    }

    @Test
    void anEntryOfAnotherContextOrScopeIsNotTrusted() {
        Trust trust = new Trust(List.of(KEY.trusted()));
        assertThat(signed("one").isTrusted(trust, PLACE, SampleArtifacts.key("other")))
                .isFalse();
        assertThat(signed("one").isTrusted(trust, "default/other", CONTEXT)).isFalse();
        assertThat(entry("one").isTrusted(trust, PLACE, CONTEXT)).isFalse();
        assertThat(entry("one").isTrusted(Trust.ANYONE, PLACE, CONTEXT)).isTrue();
    }

    @Test
    void theOldestEntriesGoFirst() throws IOException {
        ManifestObject manifest = new ManifestObject(CONTEXT, List.of());
        for (int i = 0; i < FormatLimits.ENTRIES + 10; i++) {
            manifest = manifest.with(List.of(entry("entry" + i)));
        }
        manifest = ManifestObject.decode(CONTEXT, manifest.encode());
        assertThat(manifest.entries()).hasSize(FormatLimits.ENTRIES);
        assertThat(manifest.entries().getFirst().artifact())
                .isEqualTo(SampleArtifacts.key("entry" + (FormatLimits.ENTRIES + 9)));
    }

    @Test
    void aManifestNeverOutgrowsItsReaders() throws IOException {
        List<SealedEntry> large = IntStream.range(0, FormatLimits.ENTRIES)
                .mapToObj(i -> SealedEntry.create(
                        PLACE,
                        CONTEXT,
                        SampleArtifacts.key("a" + i),
                        SampleArtifacts.random(i, 300 << 10),
                        Optional.empty()))
                .toList();
        byte[] encoded = new ManifestObject(CONTEXT, List.of()).with(large).encode();
        assertThat(encoded).hasSizeLessThanOrEqualTo(FormatLimits.MANIFEST);
        assertThat(ManifestObject.decode(CONTEXT, encoded).entries()).isNotEmpty();
    }

    @Test
    void everySingleBitCounts() {
        byte[] encoded = manifest(entry("one"), signed("two")).encode();
        for (int bit = 0; bit < encoded.length * 8; bit++) {
            byte[] altered = encoded.clone();
            altered[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatExceptionOfType(DamagedObject.class).isThrownBy(() -> ManifestObject.decode(CONTEXT, altered));
        }
        assertThatExceptionOfType(DamagedObject.class)
                .isThrownBy(() -> ManifestObject.decode(SampleArtifacts.key("other"), encoded));
    }

    private static ManifestObject manifest(SealedEntry... entries) {
        return new ManifestObject(CONTEXT, List.of(entries));
    }

    private static SealedEntry entry(String name) {
        return SealedEntry.create(
                PLACE, CONTEXT, SampleArtifacts.key(name), SampleArtifacts.utf8("entry " + name), Optional.empty());
    }

    private static SealedEntry signed(String name) {
        return SealedEntry.create(
                PLACE, CONTEXT, SampleArtifacts.key(name), SampleArtifacts.utf8("entry " + name), Optional.of(KEY));
    }
}
