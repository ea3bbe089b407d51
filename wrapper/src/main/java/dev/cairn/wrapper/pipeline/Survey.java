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

    private final DirectoryStates directories;
    private final Map<String, WatchedDirectory.View> seen = new HashMap<>();

    Survey(DirectoryStates directories) {
        this.directories = directories;
    }

    /** Looks at a directory, by its absolute path. */
    Listing look(String path) {
        return seen.computeIfAbsent(plain(path), p -> directories.at(path).view())
                .listing();
    }

    /** Returns what stood in a directory; empty when that is not known. */
    Optional<Listing> at(String path) {
        WatchedDirectory.View view = seen.get(plain(path));
        if (view != null) {
            return Optional.of(view.listing());
        }
        return wasMissing(path) ? Optional.of(NOTHING) : Optional.empty();
    }

    /** Whether another directory is surely at a path than was, or one where there was nothing. */
    boolean hasAnotherDirectory(String path) {
        WatchedDirectory.View view = seen.get(plain(path));
        if (view == null) {
            return wasMissing(path);
        }
        Optional<FileSignature> now = FileStates.signatureOf(path);
        return now.isPresent() != view.signature().isPresent()
                || (now.isPresent() && !now.get().isOfSameFile(view.signature().get()));
    }

    /** Whether nothing was at a path, by what stood in its directory; where listings do not tell what is there, it was. */
    private boolean wasMissing(String path) {
        String plain = plain(path);
        if (plain.isEmpty()) {
            return false;
        }
        int slash = plain.lastIndexOf('/');
        String parent = plain.substring(0, slash);
        String name = plain.substring(slash + 1);
        WatchedDirectory.View view = seen.get(parent);
        return view != null
                && view.listing() instanceof Listing.Names(Set<String> names)
                && !name.equals("..")
                && !names.contains(name)
                && directories
                        .at(parent.isEmpty() ? "/" : parent)
                        .view()
                        .listing()
                        .has(name);
    }

    /** One spelling for one directory, as far as the text tells. */
    private static String plain(String path) {
        String plain = path + "/";
        for (String before = ""; !before.equals(plain); ) {
            before = plain;
            plain = IncludeSearch.plain(plain);
        }
        return plain.substring(0, plain.length() - 1);
    }
}
