package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.DirectoryStates;
import dev.cairn.cache.FileSignature;
import dev.cairn.cache.FileStates;
import dev.cairn.cache.Listing;
import dev.cairn.cache.WatchedDirectory;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What stood in directories before a compiler could start: only so can be told later what has come or gone. Not thread-safe. */
final class Survey {
    private static final Listing NOTHING = new Listing.Names(Set.of());

    private final Map<String, WatchedDirectory.View> seen = new HashMap<>();

    /** Looks at a directory, by its absolute path. */
    Listing look(DirectoryStates directories, String path) {
        return seen.computeIfAbsent(plain(path), p -> directories.at(path).view())
                .listing();
    }

    /** Returns what stood in a directory; empty when that is not known. */
    Optional<Listing> at(String path) {
        WatchedDirectory.View view = seen.get(plain(path));
        if (view != null) {
            return Optional.of(view.listing());
        }
        return isMissing(path) ? Optional.of(NOTHING) : Optional.empty();
    }

    /** Whether another directory is surely at a path than was, or something where there was nothing. */
    boolean hasAnother(String path) {
        WatchedDirectory.View view = seen.get(plain(path));
        if (view == null) {
            return isMissing(path);
        }
        Optional<FileSignature> now = FileStates.signatureOf(path);
        return now.isPresent() != view.signature().isPresent()
                || (now.isPresent() && !now.get().isOfSameFile(view.signature().get()));
    }

    /** Whether nothing was at a path, by what stood in its directory. */
    private boolean isMissing(String path) {
        String plain = plain(path);
        int slash = plain.lastIndexOf('/');
        WatchedDirectory.View parent = seen.get(plain(plain.substring(0, Math.max(0, slash))));
        return parent != null
                && parent.listing() instanceof Listing.Names(Set<String> names)
                && !plain.endsWith("/..")
                && !names.contains(plain.substring(slash + 1));
    }

    /** One spelling for one directory, as far as the text tells. */
    private static String plain(String path) {
        String plain = IncludeSearch.plain(path + "/");
        return plain.substring(0, plain.length() - 1);
    }
}
