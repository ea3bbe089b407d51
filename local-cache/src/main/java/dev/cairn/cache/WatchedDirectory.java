package dev.cairn.cache;

import java.io.File;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One directory path, its current listing, and a number that moves whenever a name came that could matter. The listing
 * is read again only when the directory's signature moved or was too young to be trusted.
 *
 * <p>A directory in which a build writes moves for every output. Such a lively one is not listed for every hit: while it
 * moves, only the names that were asked for in it and that it lacked are looked for. Thread-safe.
 */
public final class WatchedDirectory {
    private static final int ATTEMPTS = 3;

    /** So many times a directory has to move before it is lively: from then on what is asked for in it is remembered. */
    private static final int MOVES = 8;

    /** A lively one that has not moved for so long is listed once, and trusted. */
    private static final long MOVING_NANOS = 100_000_000L;

    private final String path;
    private final MemorySegment nativePath;
    private final DirectoryStates owner;
    private final AskedNames asked = new AskedNames();
    private volatile @Nullable Known known;
    private volatile @Nullable NoNewName expected;
    private int moves;

    /** @param lacked of a lively directory, if it could be listed */
    private record Known(boolean trusted, View view, Optional<AskedNames.Lacked> lacked) {
        Optional<FileSignature> signature() {
            return view.signature;
        }

        /** Whether the names are those of a directory that looks so. */
        boolean tells(Optional<FileSignature> now) {
            return trusted && now.equals(view.signature);
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

    /**
     * Expects that the generation is still this one, or at least that nothing came that whoever expects it asked for.
     *
     * @param names that were asked for in the view of this generation; they count only where it is lively
     */
    public Expectation expect(long generation, Collection<String> names) {
        asked.add(names);
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
            return directory.goesOn(generation) || isListed();
        }

        /** Whether it holds by what is listed now. */
        boolean isListed() {
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
     * @param lively whether the directory moves often; no generation began before and goes on after it was found to
     */
    public record View(Listing listing, long generation, Optional<FileSignature> signature, boolean lively) {}

    /** Whether nothing came in a generation that anybody asked for; false as well when a listing is to tell. */
    private boolean goesOn(long generation) {
        Known before = known;
        if (before == null || before.view.generation() != generation) {
            return false;
        }
        Optional<FileSignature> now = signature();
        if (before.tells(now)) {
            return true;
        }
        long moved = now.map(FileSignature::ctime).orElse(Long.MIN_VALUE);
        return moved > CoarseClock.now() - MOVING_NANOS
                && before.lacked.isPresent()
                && before.lacked.get().areMissing();
    }

    private Known current() {
        Known before = known;
        return before != null && before.tells(signature()) ? before : refresh();
    }

    /** Returns that of the directory which is there now; empty when there is none. */
    private Optional<FileSignature> signature() {
        return Statx.signature(nativePath).filter(FileSignature::isDirectory);
    }

    private synchronized Known refresh() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<FileSignature> signature = signature();
            boolean settled =
                    signature.map(s -> s.isSettledBefore(CoarseClock.now())).orElse(true);
            Listing names = signature.isPresent() ? read() : Listing.Names.EMPTY;
            if (signature().equals(signature)) {
                return keep(signature, settled && names instanceof Listing.Names, names);
            }
        }
        return keep(signature(), false, new Listing.Unlisted(path));
    }

    private Known keep(Optional<FileSignature> signature, boolean trusted, Listing names) {
        Known before = known;
        if (before != null && !before.signature().equals(signature)) {
            moves++;
        }
        boolean lively = moves >= MOVES;
        long generation =
                before == null || before.view.lively() != lively || gainedRelevantName(before.view.listing(), names)
                        ? owner.nextGeneration()
                        : before.view.generation();
        Optional<AskedNames.Lacked> lacked = lively && names instanceof Listing.Names(Set<String> listed)
                ? signature.map(of -> asked.new Lacked(nativePath, of, listed))
                : Optional.empty();
        Known now = new Known(trusted, new View(names, generation, signature, lively), lacked);
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
