package dev.cairn.cache;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names that were asked for in one directory. While it moves, looking for those that it lacked takes less than listing it.
 * Thread-safe.
 */
final class AskedNames {
    /** More are not remembered, nor is any then. */
    private static final int MOST = 4_000;

    private final Set<String> names = new HashSet<>();
    private volatile int growths;
    private boolean tooMany;

    /** Adds names, before anything rests on their not being there. */
    synchronized void add(Collection<String> more) {
        boolean grown = false;
        for (String name : more) {
            grown |= name.indexOf('\0') < 0 && names.add(name); // no file can have that name
        }
        if (grown) {
            tooMany |= names.size() > MOST;
            growths++;
        }
        if (tooMany) {
            names.clear();
        }
    }

    /** Returns null when there are too many names. */
    private synchronized Lacked.@Nullable Question question(Set<String> listing) {
        if (tooMany) {
            return null;
        }
        List<String> lacked =
                names.stream().filter(name -> !listing.contains(name)).toList();
        MemorySegment text = Statx.cString(String.join("\0", lacked));
        MemorySegment numbers = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, Math.max(1, lacked.size()));
        try {
            SmallLibrary.number(text.address(), numbers.address(), lacked.size());
        } finally {
            Reference.reachabilityFence(text);
        }
        // To list a name takes the kernel somewhat less than to look for one.
        return new Lacked.Question(growths, text, numbers, lacked.size(), lacked.size() < listing.size());
    }

    /** Names that were asked for, by now or later, and that were not in a directory when it was listed. */
    final class Lacked {
        private final Appearance directory;
        private final Set<String> listing;
        private volatile @Nullable Question question;

        /**
         * What to ask the directory.
         *
         * @param growths of what was asked for by then
         * @param names each with a NUL at its end
         * @param each whether to look for each of them
         */
        private record Question(int growths, MemorySegment names, MemorySegment numbers, int count, boolean each) {}

        Lacked(MemorySegment path, FileSignature signature, Set<String> listing) {
            directory = Appearance.of(path, Appearance.Kind.SAME_FILE, signature);
            this.listing = listing;
        }

        /**
         * Whether none of them is there now, not as a link that leads nowhere either, and the directory is the same one, with
         * the same permissions; false as well when that is not known.
         */
        boolean areMissing() {
            Question known = question;
            if (known == null || known.growths != growths) {
                known = question(listing);
                question = known;
            }
            if (known == null) {
                return false;
            }
            try {
                return SmallLibrary.lacks(
                        directory.address(), known.names.address(), known.numbers.address(), known.count, known.each);
            } finally {
                Reference.reachabilityFence(directory);
                Reference.reachabilityFence(known);
            }
        }
    }
}
