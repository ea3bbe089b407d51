package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Digest;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.cache.SharedEntry;
import dev.cairn.remote.RemoteEntry;
import dev.cairn.wrapper.protocol.Request;
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
                .filter(entry -> artifact(context, key, entry)
                        .filter(claimed.artifact()::equals)
                        .isPresent());
    }

    /**
     * Returns the key of the artifact that an entry has to lead to, whatever it says itself; empty when this machine could not
     * have made it for this context.
     *
     * @param stored with the paths that it has in every checkout
     */
    static Optional<Digest> artifact(Context context, Digest key, ManifestEntry stored) {
        boolean elsewhere = !stored.bound().isEmpty()
                && !stored.bound().equals(context.roots().identity());
        if (elsewhere || !stored.conditions().stream().allMatch(Conditions::isWellFormed)) {
            return Optional.empty();
        }
        ManifestEntry entry = context.here(stored);
        boolean possible = paths(entry).allMatch(path -> isFile(context.request(), path))
                // An entry that searches elsewhere would not notice what is found first.
                && entry.searched().equals(context.searched())
                && context.anywhere(entry).equals(stored);
        return possible ? Optional.of(ArtifactKey.of(context, key, entry, stored.bound())) : Optional.empty();
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

    /** Whether a path may be read: it is one, and leads nowhere where reading would be more than that. */
    static boolean isFile(Request request, String path) {
        return isPlainFile(path) || isFileAtLength(request, path);
    }

    /** Whether that can be told by a look: a path that is absolute, and leads where it says. Most are. */
    static boolean isPlainFile(String path) {
        char last = 0;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == 0 || c > 0xff || (last == '/' && (c == '/' || c == '.'))) {
                return false;
            }
            last = c;
        }
        for (Path place : NOT_FILES) {
            if (path.startsWith(place.toString())) {
                return false;
            }
        }
        return path.startsWith("/");
    }

    private static boolean isFileAtLength(Request request, String path) {
        if (path.isEmpty() || path.indexOf('\0') >= 0 || path.chars().anyMatch(c -> c > 0xff)) {
            return false;
        }
        try {
            Path plain = Path.of(request.absolute(path)).normalize();
            return NOT_FILES.stream().noneMatch(plain::startsWith);
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
