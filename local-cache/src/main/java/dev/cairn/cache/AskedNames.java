package dev.cairn.cache;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Names that were asked for in one directory. While it moves, looking for those that it lacked takes less than listing it.
 * Thread-safe.
 */
final class AskedNames {
    /** A directory that has moved since then is moving: after that it is listed once, and trusted. */
    private static final long MOVING_NANOS = 100_000_000L;

    /** Every directory has them, and no listing. */
    private static final List<String> HIDDEN = List.of(".", "..");

    private final Set<String> names = ConcurrentHashMap.newKeySet();
    private final AtomicInteger growths = new AtomicInteger();

    /** Adds names, before anything rests on their not being there. */
    void add(Collection<String> more) {
        boolean grown = false;
        for (String name : more) {
            grown |= names.add(name);
        }
        if (grown) {
            growths.incrementAndGet();
        }
    }

    /** Returns those that a listing lacks, with those that will be asked for later. */
    Lacked lackedBy(Set<String> listing) {
        return new Lacked(listing);
    }

    /** Names that were asked for and that a listing does not have. */
    final class Lacked {
        private final Set<String> listing;
        private volatile @Nullable Question question;

        /**
         * What to ask the directory.
         *
         * @param growths of what was asked for by then
         * @param lacked whether the memory has the names that the listing lacks, and not the numbers of those that it has
         */
        private record Question(int growths, boolean lacked, int count, MemorySegment memory) {}

        private Lacked(Set<String> listing) {
            this.listing = listing;
        }

        /**
         * Whether none of them is there now, not as a link that leads nowhere either. False as well when that is not known:
         * some other name has come, or the directory has not moved just now, so that it may be listed once and for all.
         *
         * @param directory its path
         * @param was the directory at that path has to be the same one, with the same permissions
         */
        boolean areMissing(MemorySegment directory, FileSignature was) {
            Question known = question;
            if (known == null || known.growths != growths.get()) {
                known = next();
                question = known;
            }
            try {
                return ask(known, directory.address(), was, CoarseClock.now() - MOVING_NANOS);
            } finally {
                Reference.reachabilityFence(directory);
                Reference.reachabilityFence(known);
            }
        }

        private static boolean ask(Question question, long directory, FileSignature was, long since) {
            long names = question.memory.address();
            return question.lacked
                    ? SmallLibrary.lacks(directory, was.device(), was.inode(), was.mode(), since, names, question.count)
                    : SmallLibrary.hasNoOther(
                            directory, was.device(), was.inode(), was.mode(), since, names, question.count);
        }

        /** To list a name takes the kernel somewhat less than to look for one. */
        private Question next() {
            int grown = growths.get(); // before the names, which may be more by then
            List<String> lacked =
                    names.stream().filter(name -> !listing.contains(name)).toList();
            return lacked.size() < listing.size()
                    ? new Question(grown, true, lacked.size(), text(lacked))
                    : new Question(grown, false, listing.size() + HIDDEN.size(), numbers());
        }

        private MemorySegment numbers() {
            List<String> all = Stream.concat(listing.stream(), HIDDEN.stream()).toList();
            MemorySegment text = text(all);
            MemorySegment numbers = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, all.size());
            try {
                SmallLibrary.number(text.address(), numbers.address(), all.size());
            } finally {
                Reference.reachabilityFence(text);
            }
            return numbers;
        }

        private static MemorySegment text(List<String> names) {
            return Statx.cString(String.join("\0", names));
        }
    }
}
