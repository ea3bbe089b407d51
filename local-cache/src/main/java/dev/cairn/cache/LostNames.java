package dev.cairn.cache;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * The names that a directory had and has no longer, as far back as there is room, with the moments at which that was seen
 * (nanoseconds since 1970). Not thread-safe.
 */
final class LostNames {
    private static final int ROOM = 1000;

    private final Deque<Lost> lost = new ArrayDeque<>();
    private long forgotten = Long.MIN_VALUE;

    private record Lost(String name, long moment) {}

    /** Compares two listings; {@code moment} is not before the second was read. */
    void compare(Listing before, Listing now, long moment) {
        if (before instanceof Listing.Names(Set<String> old) && now instanceof Listing.Names(Set<String> names)) {
            old.stream().filter(name -> !names.contains(name)).forEach(name -> add(name, moment));
        } else {
            forgotten = moment;
        }
    }

    private void add(String name, long moment) {
        lost.addLast(new Lost(name, moment));
        if (lost.size() > ROOM) {
            forgotten = lost.removeFirst().moment();
        }
    }

    /** Whether one of some names may have gone at or after a moment. */
    boolean haveAny(Set<String> names, long moment) {
        return forgotten >= moment
                || lost.stream().anyMatch(each -> each.moment() >= moment && names.contains(each.name()));
    }
}
