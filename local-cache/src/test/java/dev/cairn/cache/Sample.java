package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A compilation made up for tests: a large main output and a small one, both following from a number.
 *
 * @param number names the artifact, and seeds its bytes
 * @param size of the main output
 */
record Sample(int number, int size) {
    static final String DEPFILE = "depfile";
    static final String OBJECT = "object";

    Digest context() {
        return Hasher.of("test context").putLong(number).finish();
    }

    Digest key() {
        return Hasher.of("test artifact").putLong(number).finish();
    }

    ManifestEntry entry() {
        return new ManifestEntry(
                List.of(new ManifestEntry.Input("include/a" + number + ".h", Hasher.content(small()))),
                List.of("include"),
                List.of(),
                List.of(),
                List.of(new ManifestEntry.Condition("same", List.of("include", "./include"), "yes")),
                number % 2 == 0 ? "" : "/checkout",
                key());
    }

    byte[] large() {
        byte[] bytes = new byte[size];
        new Random(number).nextBytes(bytes);
        return bytes;
    }

    byte[] small() {
        return ("x" + number + ".o: x.cpp\n").getBytes(StandardCharsets.UTF_8);
    }

    byte[] stderr() {
        return ("warning " + number).getBytes(StandardCharsets.UTF_8);
    }

    /** Writes the outputs below a directory, as a compiler would have. */
    NewArtifact compile(Path directory) throws IOException {
        Path depfile = Files.write(directory.resolve(number + ".d"), small());
        Path object = Files.write(directory.resolve(number + ".o"), large());
        return new NewArtifact(
                List.of(
                        new NewArtifact.NewOutput.Written(DEPFILE, depfile.toString()),
                        new NewArtifact.NewOutput.Written(OBJECT, object.toString())),
                new byte[0],
                stderr());
    }

    ArtifactCache.StoreResult storeIn(ArtifactCache cache, Path directory) throws IOException {
        return cache.store(context(), entry(), compile(directory));
    }

    /** Stores this and requires success. */
    void mustStoreIn(ArtifactCache cache, Path directory) throws IOException {
        assertThat(storeIn(cache, directory)).isInstanceOf(ArtifactCache.StoreResult.Stored.class);
    }

    /** Pins this, requires every byte to be right, and returns whether it was there at all. */
    boolean isIntactIn(ArtifactCache cache) throws IOException {
        try (Pin pin = new Pin(cache.pin(context(), key()))) {
            if (pin.artifact().isEmpty()) {
                return false;
            }
            assertIs(pin.artifact().get().artifact());
            return true;
        }
    }

    void assertIs(Artifact artifact) throws IOException {
        assertThat(artifact.stderr()).isEqualTo(stderr());
        assertThat(artifact.outputs()).extracting(Artifact.Output::role).containsExactly(DEPFILE, OBJECT);
        assertThat(bytes(artifact.outputs().getFirst())).isEqualTo(small());
        assertThat(bytes(artifact.outputs().getLast())).isEqualTo(large());
    }

    static byte[] bytes(Artifact.Output output) throws IOException {
        return switch (output.payload()) {
            case Artifact.Payload.Inline inline -> inline.bytes();
            case Artifact.Payload.Blob blob -> Files.readAllBytes(Path.of(blob.path()));
        };
    }

    static Path blobOf(Artifact artifact) {
        return Path.of(((Artifact.Payload.Blob) artifact.outputs().getLast().payload()).path());
    }

    /** An answer to a pin that can be closed whatever it is. */
    record Pin(Optional<PinnedArtifact> artifact) implements AutoCloseable {
        @Override
        public void close() {
            artifact.ifPresent(PinnedArtifact::close);
        }
    }
}
