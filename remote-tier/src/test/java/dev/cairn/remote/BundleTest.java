package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.cairn.cache.Artifact;
import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundleTest {
    private static final Digest KEY = SampleArtifacts.key("artifact");
    private static final String PLACE = "default/main";

    @TempDir
    Path directory;

    @Test
    void anArtifactComesBackAsItWasWritten() throws IOException {
        byte[] object = SampleArtifacts.random(1, 300_000);
        Artifact artifact = SampleArtifacts.artifact(new byte[0], SampleArtifacts.utf8("text"), object);
        try (FetchedArtifact fetched = read(write(artifact, Optional.empty()), Trust.ANYONE)) {
            assertThat(fetched.stdout()).isEqualTo(artifact.stdout());
            assertThat(fetched.stderr()).isEqualTo(artifact.stderr());
            assertThat(fetched.outputs())
                    .extracting(FetchedArtifact.Output::role)
                    .containsExactly("role0", "role1", "role2");
            assertThat(fetched.outputs())
                    .extracting(output -> Files.isExecutable(output.file()))
                    .containsExactly(false, true, false);
            assertThat(Files.readAllBytes(fetched.outputs().get(2).file())).isEqualTo(object);
            assertThat(fetched.newArtifact().outputs()).hasSize(3);
        }
        assertThat(directory.resolve("fetched")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 3_000_000})
    void sizesAroundTheBuffersWork(int size) throws IOException {
        for (byte[] bytes : List.of(new byte[size], SampleArtifacts.random(size, size))) {
            try (FetchedArtifact fetched =
                    read(write(SampleArtifacts.artifact(bytes), Optional.empty()), Trust.ANYONE)) {
                assertThat(Files.readAllBytes(fetched.outputs().getFirst().file()))
                        .isEqualTo(bytes);
            }
        }
    }

    @Test
    void whatShrinksIsStoredSmaller() throws IOException {
        assertThat(write(SampleArtifacts.artifact(new byte[1_000_000]), Optional.empty()))
                .hasSizeLessThan(5_000);
    }

    /** A small object may not become a large one; what honestly shrinks that much is stored as it is. */
    @Test
    void aContentThatShrinksTooMuchIsStoredAsItIs() throws IOException {
        byte[] zeros = new byte[80 << 20];
        byte[] bundle = write(SampleArtifacts.artifact(zeros), Optional.empty());
        assertThat(bundle).hasSizeGreaterThan(zeros.length);
        read(bundle, Trust.ANYONE).close();
    }

    @Test
    void oneArtifactIsNotAnother() throws IOException {
        byte[] bundle = write(SampleArtifacts.artifact(new byte[10]), Optional.empty());
        BundleReader reader = new BundleReader(PLACE, Trust.ANYONE, FormatLimits.DEFAULT);
        assertThatExceptionOfType(DamagedObject.class)
                .isThrownBy(() -> reader.read(
                        SampleArtifacts.key("other"), new ByteArrayInputStream(bundle), directory.resolve("fetched")));
        assertThat(directory.resolve("fetched")).doesNotExist();
    }

    @Test
    void everySingleBitCounts() throws IOException {
        byte[] bundle = write(
                SampleArtifacts.artifact(SampleArtifacts.utf8("some object")),
                Optional.of(SigningKey.parse(SigningKey.generate())));
        for (int bit = 0; bit < bundle.length * 8; bit++) {
            byte[] altered = bundle.clone();
            altered[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatExceptionOfType(DamagedObject.class).isThrownBy(() -> read(altered, Trust.ANYONE));
        }
        for (int length = 0; length < bundle.length; length++) {
            byte[] shorter = Arrays.copyOf(bundle, length);
            assertThatExceptionOfType(DamagedObject.class).isThrownBy(() -> read(shorter, Trust.ANYONE));
        }
        assertThatExceptionOfType(DamagedObject.class)
                .isThrownBy(() -> read(Arrays.copyOf(bundle, bundle.length + 1), Trust.ANYONE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hmac", "ed25519"})
    void onlyTheSignaturesOfListedKeysCount(String kind) throws IOException {
        SigningKey ours = key(kind);
        SigningKey theirs = key(kind);
        Artifact artifact = SampleArtifacts.artifact(new byte[10]);
        Trust trust = new Trust(List.of(key(kind).trusted(), ours.trusted()));
        read(write(artifact, Optional.of(ours)), trust).close();
        read(write(artifact, Optional.of(theirs)), Trust.ANYONE).close();
        assertThatExceptionOfType(UntrustedObject.class)
                .isThrownBy(() -> read(write(artifact, Optional.of(theirs)), trust));
        assertThatExceptionOfType(UntrustedObject.class)
                .isThrownBy(() -> read(write(artifact, Optional.empty()), trust));
    }

    /** A pull request's scope signs with the key that it has; its objects, copied elsewhere, are worth nothing there. */
    @Test
    void aSignatureIsForOnePlace() throws IOException {
        SigningKey key = SigningKey.parse(SigningKey.generate());
        Path file = directory.resolve("bundle");
        new BundleWriter("default/pull-request", Optional.of(key), FormatLimits.DEFAULT)
                .write(KEY, SampleArtifacts.artifact(new byte[10]), file);
        byte[] bundle = Files.readAllBytes(file);
        assertThatExceptionOfType(UntrustedObject.class)
                .isThrownBy(() -> read(bundle, new Trust(List.of(key.trusted()))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../x", "a/b", ".x", "a b", "ä"})
    void anOutputCannotNameAPlace(String role) {
        Artifact artifact = new Artifact(
                List.of(new Artifact.Output(
                        role, false, 0, Hasher.content(new byte[0]), new Artifact.Payload.Inline(new byte[0]))),
                new byte[0],
                new byte[0]);
        assertThatIOException().isThrownBy(() -> write(artifact, Optional.empty()));
    }

    @Test
    void keysAreReadAndDoNotShowThemselves() {
        String text = SigningKey.generate();
        SigningKey key = SigningKey.parse(text);
        assertThat(TrustedKey.parse(key.trusted().text()).id())
                .isEqualTo(key.trusted().id());
        assertThat(key.toString() + key.trusted()).doesNotContain(text.substring(10, 40));
        for (String bad : List.of("", "hmac-sha256:AAAA", "ed25519:AAAA", "ed25519:AAAA.AAAA", "rsa:x")) {
            org.assertj.core.api.Assertions.assertThatIllegalArgumentException()
                    .isThrownBy(() -> SigningKey.parse(bad));
        }
    }

    private static SigningKey key(String kind) {
        return SigningKey.parse(kind.equals("hmac") ? SigningKey.generateSecret() : SigningKey.generate());
    }

    private byte[] write(Artifact artifact, Optional<SigningKey> key) throws IOException {
        Path file = directory.resolve("bundle");
        new BundleWriter(PLACE, key, FormatLimits.DEFAULT).write(KEY, artifact, file);
        return Files.readAllBytes(file);
    }

    private FetchedArtifact read(byte[] bundle, Trust trust) throws IOException {
        return new BundleReader(PLACE, trust, FormatLimits.DEFAULT)
                .read(KEY, new ByteArrayInputStream(bundle), directory.resolve("fetched"));
    }
}
