package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Digest;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.cache.SharedEntry;
import dev.cairn.remote.RemoteEntry;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads entries that came from another machine. Each is only a claim that certain inputs lead to a certain artifact, made by
 * whoever could write there: it is taken up when it is one that this machine could have made itself for this context.
 * Whether its inputs are those of this checkout is for the {@link Verifier} to say. Stateless.
 */
final class Claims {
    /** Reading a file of these may never end, or do something. */
    private static final List<Path> NOT_FILES = List.of(Path.of("/proc"), Path.of("/sys"), Path.of("/dev"));

    private Claims() {}

    /** Returns the entry, with the paths that it has in every checkout; empty when it is not taken up. */
    static Optional<ManifestEntry> read(Context context, Digest key, RemoteEntry claimed) {
        return SharedEntry.decode(claimed.entry())
                .filter(entry -> entry.artifact().equals(claimed.artifact()))
                .filter(entry -> isOurs(context, key, entry));
    }

    private static boolean isOurs(Context context, Digest key, ManifestEntry stored) {
        boolean elsewhere = !stored.bound().isEmpty()
                && !stored.bound().equals(context.roots().identity());
        if (elsewhere || !stored.conditions().stream().allMatch(Conditions::isWellFormed)) {
            return false;
        }
        ManifestEntry entry = context.here(stored);
        return paths(entry).allMatch(path -> isFile(context, path))
                // An entry that searches elsewhere would not notice what is found first.
                && entry.searched().equals(context.searched())
                && context.anywhere(entry).equals(stored)
                && ArtifactKey.of(context, key, entry, stored.bound()).equals(stored.artifact());
    }

    private static Stream<String> paths(ManifestEntry entry) {
        return Stream.of(
                        entry.inputs().stream().map(ManifestEntry.Input::path),
                        entry.searched().stream(),
                        entry.present().stream(),
                        entry.probed().stream(),
                        entry.conditions().stream().flatMap(condition -> condition.paths().stream()))
                .flatMap(paths -> paths);
    }

    private static boolean isFile(Context context, String path) {
        if (path.isEmpty() || path.indexOf('\0') >= 0 || path.chars().anyMatch(c -> c > 0xff)) {
            return false;
        }
        try {
            Path plain = Path.of(context.absolute(path)).normalize();
            return NOT_FILES.stream().noneMatch(plain::startsWith);
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
