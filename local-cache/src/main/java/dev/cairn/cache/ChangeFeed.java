package dev.cairn.cache;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel tells of changes (inotify), so that what has not changed need not be looked at. It is read by whoever
 * asks, at the time of asking: what was done before the question is known when it is answered. Every directory on a
 * path's way and every link in it is watched, and the file itself. What inotify does not tell is kept out: a mount over
 * the way by the mount table, which is asked every time; other file systems than those known to tell everything; and
 * stores through mappings and asynchronous writes by never trusting a file that somebody has open for writing: who has
 * it open is asked with a lease when the watch is set, who opens it later is an event. What can't be covered is for
 * {@code stat} to decide. Thread-safe; there is one for a process.
 */
public final class ChangeFeed {
    private static final int MOST_MARKS = 100_000;
    private static final int BUFFER = 1 << 16;
    private static final int MOST_STEPS = 128;
    private static final int SIZE_OF_STEP = 264;
    private static final int SIZE_OF_EVENT = 16;
    private static final int MOUNTS_CHANGED = -2;
    private static final int NAME = 0;
    private static final int NONE = -1;
    private static final int OPENED = 0x20;
    private static final int OVERFLOW = 0x4000;
    private static final int IGNORED = 0x8000;
    /** Created, deleted, moved from, moved to: the events that change a listing. */
    private static final int LISTING = 0x100 | 0x200 | 0x40 | 0x80;

    private static volatile @Nullable ChangeFeed inUse;

    private final MemorySegment descriptors;
    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER, 8);
    private final MemorySegment steps = Arena.ofAuto().allocate((long) MOST_STEPS * SIZE_OF_STEP, 8);
    private final MemorySegment file = Arena.ofAuto().allocate(Integer.BYTES, Integer.BYTES);
    private final Map<String, ChangeMark> marks = new ConcurrentHashMap<>();
    private final Map<Integer, Watch> watches = new HashMap<>();
    private boolean closed;

    /** Who depends on an inode: by the name of an entry, by its whole listing, and all of them by itself. */
    private record Watch(Map<String, Set<ChangeMark>> byName, Set<ChangeMark> itself) {}

    private ChangeFeed(MemorySegment descriptors) {
        this.descriptors = descriptors;
    }

    /** Opens or closes the feed of this process. Where it can't be had, this does nothing. */
    public static void use(boolean wanted) {
        if (wanted != (inUse != null)) {
            change(wanted);
        }
    }

    private static synchronized void change(boolean wanted) {
        ChangeFeed open = inUse;
        if (wanted && open == null) {
            inUse = open();
        } else if (!wanted && open != null) {
            inUse = null;
            open.close();
        }
    }

    /** Returns the feed, while it is open. */
    static @Nullable ChangeFeed inUse() {
        return inUse;
    }

    private static @Nullable ChangeFeed open() {
        MemorySegment descriptors = Arena.ofAuto().allocate(2 * Integer.BYTES, Integer.BYTES);
        return SmallLibrary.feedOpen(descriptors.address()) == 0 ? new ChangeFeed(descriptors) : null;
    }

    private synchronized void close() {
        closed = true;
        marks.values().forEach(ChangeMark::moved);
        SmallLibrary.feedClose(descriptors.address());
    }

    /** Returns the mark of an absolute path; nobody watches it yet, or its stamp says otherwise. */
    ChangeMark mark(String path) {
        if (marks.size() > MOST_MARKS) {
            forget();
        }
        return marks.computeIfAbsent(path, ChangeMark::new);
    }

    /** Old marks are never watched again; who holds them looks for himself from then on. */
    private synchronized void forget() {
        allMoved();
        marks.clear();
        watches.clear();
    }

    /** Takes in everything that happened until now. Reading and applying are one step: nobody sees half of it. */
    synchronized void drain() {
        drain(NONE);
    }

    /** @param opened the watch of a file that is open, so that it does not matter who opened it until now, or {@link #NONE} */
    private void drain(int opened) {
        while (!closed) {
            int length = SmallLibrary.feedDrain(descriptors.address(), buffer.address(), BUFFER);
            if (length == 0) {
                return;
            }
            if (length < 0) {
                allMoved();
                if (length != MOUNTS_CHANGED) {
                    return;
                }
            } else {
                apply(length, opened);
            }
        }
    }

    private void allMoved() {
        marks.values().forEach(ChangeMark::moved);
    }

    private void apply(int length, int opened) {
        for (long at = 0; at < length; ) {
            int watch = buffer.get(ValueLayout.JAVA_INT, at);
            int mask = buffer.get(ValueLayout.JAVA_INT, at + 4);
            int nameLength = buffer.get(ValueLayout.JAVA_INT, at + 12);
            if ((mask & OVERFLOW) != 0) {
                allMoved();
            } else if (mask != OPENED || watch != opened) {
                apply(watch, mask, nameLength == 0 ? "" : name(at + SIZE_OF_EVENT));
            }
            at += SIZE_OF_EVENT + nameLength;
        }
    }

    private void apply(int number, int mask, String name) {
        Watch watch = watches.get(number);
        if (watch == null) {
            return;
        }
        if (name.isEmpty()) {
            watch.itself.forEach(ChangeMark::moved);
            watch.byName.values().forEach(marked -> marked.forEach(ChangeMark::moved));
            if ((mask & IGNORED) != 0) {
                watches.remove(number);
            }
        } else {
            watch.byName.getOrDefault(name, Set.of()).forEach(ChangeMark::moved);
            if ((mask & LISTING) != 0) {
                watch.itself.forEach(ChangeMark::moved);
            }
        }
    }

    private String name(long at) {
        byte[] bytes = new byte[256];
        int length = 0;
        for (byte b = buffer.get(ValueLayout.JAVA_BYTE, at);
                b != 0;
                b = buffer.get(ValueLayout.JAVA_BYTE, at + length)) {
            bytes[length++] = b;
        }
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    /**
     * Watches everything that a path depends on, if all of it can be watched. Only what is looked at afterwards is
     * known to be as it was looked at.
     *
     * <p>To find out whether anybody has a file open for writing it has to be opened, which is an event where it is watched
     * already. That one is let go by, and with it whoever opened the file until then: who still can write is found out
     * after that, who has written made another event, and who opens it later is heard.
     */
    synchronized boolean watch(ChangeMark mark) {
        drain();
        if (closed || marks.get(mark.path()) != mark) {
            return false;
        }
        int count = steps(mark.path());
        int opened = file.get(ValueLayout.JAVA_INT, 0);
        for (int i = 0; i < count; i++) {
            depend(mark, (long) i * SIZE_OF_STEP);
        }
        if (count > 0) {
            mark.watched();
            int last = opened < 0 ? NONE : steps.get(ValueLayout.JAVA_INT, (count - 1L) * SIZE_OF_STEP);
            drain(last);
            if (opened >= 0 && !SmallLibrary.feedSettle(opened)) {
                apply(last, OPENED, "");
            }
        } else if (opened >= 0) {
            SmallLibrary.feedSettle(opened);
        }
        return mark.stamp() != ChangeMark.UNKNOWN;
    }

    private int steps(String path) {
        MemorySegment nativePath = Statx.cString(path);
        try {
            return SmallLibrary.feedWatch(
                    descriptors.address(), nativePath.address(), steps.address(), MOST_STEPS, file.address());
        } finally {
            Reference.reachabilityFence(nativePath);
        }
    }

    private void depend(ChangeMark mark, long at) {
        Watch watch = watches.computeIfAbsent(
                steps.get(ValueLayout.JAVA_INT, at), number -> new Watch(new HashMap<>(), new HashSet<>()));
        if (steps.get(ValueLayout.JAVA_INT, at + 4) == NAME) {
            String name = steps.getString(at + 8, StandardCharsets.ISO_8859_1);
            watch.byName.computeIfAbsent(name, n -> new HashSet<>()).add(mark);
        } else {
            watch.itself.add(mark);
        }
    }
}
