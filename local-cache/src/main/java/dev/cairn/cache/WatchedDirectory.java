package dev.cairn.cache;

import java.io.File;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One directory path, its current listing, and a number that moves whenever a name came that could matter. The listing
 * is read again only when the directory's signature moved or was too young to be trusted. Thread-safe.
 */
public final class WatchedDirectory {
    private static final int ATTEMPTS = 3;

    private final String path;
    private final MemorySegment nativePath;
    private final DirectoryStates owner;
    private volatile @Nullable Known known;

    private record Known(Optional<FileSignature> signature, boolean trusted, View view) {}

    WatchedDirectory(String path, DirectoryStates owner) {
        this.path = path;
        this.nativePath = Statx.cString(path);
        this.owner = owner;
    }

    /** Returns the path, one char per byte. */
    public String path() {
        return path;
    }

    /**
     * Returns the names that are there now (none when this is not an existing directory) with the generation they
     * belong to. The generation is unchanged only if no name that the owner holds to be relevant was added since the
     * call that returned it before, and is never the same for two watched directories.
     */
    public View view() {
        return current().view;
    }

    /** A listing and its generation. */
    public record View(Listing listing, long generation) {}

    private Known current() {
        Known before = known;
        if (before != null && before.trusted && unmoved(before)) {
            return before;
        }
        return refresh();
    }

    private boolean unmoved(Known before) {
        return before.signature
                .map(signature -> Statx.matches(nativePath, signature))
                .orElseGet(() -> Statx.signature(nativePath)
                        .filter(FileSignature::isDirectory)
                        .isEmpty());
    }

    private synchronized Known refresh() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<FileSignature> signature = Statx.signature(nativePath).filter(FileSignature::isDirectory);
            boolean settled = signature
                    .map(s -> FileState.settled(s.ctime(), CoarseClock.now()))
                    .orElse(true);
            Listing names = signature.isPresent() ? read() : Listing.Names.EMPTY;
            if (Statx.signature(nativePath).filter(FileSignature::isDirectory).equals(signature)) {
                return keep(signature, settled && names instanceof Listing.Names, names);
            }
        }
        return keep(Optional.empty(), false, new Listing.Unlisted(path));
    }

    private Known keep(Optional<FileSignature> signature, boolean trusted, Listing names) {
        Known before = known;
        long generation = before == null || gainedRelevantName(before.view.listing(), names)
                ? owner.nextGeneration()
                : before.view.generation();
        Known now = new Known(signature, trusted, new View(names, generation));
        known = now;
        return now;
    }

    private boolean gainedRelevantName(Listing before, Listing now) {
        if (before instanceof Listing.Names(Set<String> old) && now instanceof Listing.Names(Set<String> names)) {
            for (String name : names) {
                if (!old.contains(name) && owner.isRelevant(name)) {
                    return true;
                }
            }
            return false;
        }
        return true;
    }

    private Listing read() {
        String @Nullable [] names = new File(path).list();
        return names == null ? new Listing.Unlisted(path) : new Listing.Names(new HashSet<>(Arrays.asList(names)));
    }
}
