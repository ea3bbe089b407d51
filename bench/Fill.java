import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.FileStates;
import dev.cairn.cache.Hasher;
import dev.cairn.cache.LocalCache;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.cache.NewArtifact;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Fills a cache directory with made-up artifacts: {@code java -cp LIB/* Fill.java DIRECTORY COUNT}. No daemon may use it. */
final class Fill {
    private Fill() {}

    public static void main(String[] arguments) throws Exception {
        Path output = Files.createTempFile("fill", ".o");
        try (ArtifactCache cache = LocalCache.open(Path.of(arguments[0]), 1L << 50, FileStates::signatureOf)) {
            for (int number = 0; number < Integer.parseInt(arguments[1]); number++) {
                Files.writeString(output, "object " + number);
                var key = Hasher.of("fill artifact").putLong(number).finish();
                var input = new ManifestEntry.Input("fill" + number + ".h", Hasher.content(("h" + number).getBytes(StandardCharsets.UTF_8)));
                var entry = new ManifestEntry(List.of(input), List.of("include"), List.of(), List.of(), List.of(), "", key);
                var artifact = new NewArtifact(
                        List.of(new NewArtifact.NewOutput.Written("main", output.toString())), new byte[0], new byte[0]);
                var result = cache.store(Hasher.of("fill context").putLong(number).finish(), entry, artifact);
                if (!(result instanceof ArtifactCache.StoreResult.Stored)) {
                    throw new IllegalStateException("not stored: " + result);
                }
            }
        } finally {
            Files.delete(output);
        }
    }
}
