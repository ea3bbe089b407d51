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
    private volatile @Nullable NoNewName expected;

    private record Known(boolean trusted, View view) {
        Optional<FileSignature> signature() {
            return view.signature;
        }
    }

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

    /** Expects that the generation is still this one. */
    public Expectation expect(long generation) {
        NoNewName known = expected;
        if (known == null || known.generation != generation) {
            known = new NoNewName(this, generation);
            expected = known;
        }
        return known;
    }

    /** No name came that could matter. */
    static final class NoNewName implements Expectation {
        private final WatchedDirectory directory;
        private final long generation;
        private volatile @Nullable Look look;

        private record Look(Optional<FileSignature> signature, Appearance appearance) {}

        private NoNewName(WatchedDirectory directory, long generation) {
            this.directory = directory;
            this.generation = generation;
        }

        @Override
        public String path() {
            return directory.path;
        }

        @Override
        public boolean holds() {
            return directory.view().generation() == generation;
        }

        @Override
        public Optional<Appearance> appearance() {
            Known now = directory.known;
            if (now == null || !now.trusted || now.view.generation() != generation) {
                return Optional.empty();
            }
            Look known = look;
            if (known == null || !known.signature.equals(now.signature())) {
                MemorySegment path = directory.nativePath;
                Appearance made = now.signature()
                        .map(signature -> Appearance.of(path, Appearance.Kind.SAME, signature))
                        .orElseGet(() -> Appearance.of(path, Appearance.Kind.NOT_A_DIRECTORY));
                known = new Look(now.signature(), made);
                look = known;
            }
            return Optional.of(known.appearance);
        }
    }

    /**
     * A listing and its generation.
     *
     * @param signature of the directory whose names these are; empty when there is none
     */
    public record View(Listing listing, long generation, Optional<FileSignature> signature) {}

    private Known current() {
        Known before = known;
        if (before != null && before.trusted && unmoved(before)) {
            return before;
        }
        return refresh();
    }

    private boolean unmoved(Known before) {
        return before.signature()
                .map(signature -> Statx.matches(nativePath, signature))
                .orElseGet(() -> Statx.signature(nativePath)
                        .filter(FileSignature::isDirectory)
                        .isEmpty());
    }

    private synchronized Known refresh() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<FileSignature> signature = Statx.signature(nativePath).filter(FileSignature::isDirectory);
            boolean settled =
                    signature.map(s -> s.isSettledBefore(CoarseClock.now())).orElse(true);
            Listing names = signature.isPresent() ? read() : Listing.Names.EMPTY;
            if (Statx.signature(nativePath).filter(FileSignature::isDirectory).equals(signature)) {
                return keep(signature, settled && names instanceof Listing.Names, names);
            }
        }
        return keep(Statx.signature(nativePath).filter(FileSignature::isDirectory), false, new Listing.Unlisted(path));
    }

    private Known keep(Optional<FileSignature> signature, boolean trusted, Listing names) {
        Known before = known;
        long generation = before == null || gainedRelevantName(before.view.listing(), names)
                ? owner.nextGeneration()
                : before.view.generation();
        Known now = new Known(trusted, new View(names, generation, signature));
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
