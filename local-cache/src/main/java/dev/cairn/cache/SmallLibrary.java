package dev.cairn.cache;

import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * This module's own library in C, {@code src/main/c}, which says what each function does. Addresses are those of native memory
 * that the caller keeps reachable until the call is over.
 */
final class SmallLibrary {
    static {
        String path = System.getProperty("cairn.library");
        if (path == null) {
            System.loadLibrary("cairn-cache");
        } else {
            System.load(path);
        }
    }

    private SmallLibrary() {}

    static native int firstUnlike(long list, int from, int count);

    /** Returns how often a file that is held open was asked how it looks, instead of looked up. */
    static native long heldAnswers();

    /** Closes those of them that can't be used any more, or all. */
    static native void heldTidy(boolean everything);

    static native boolean allAlike(byte[] looks, boolean exactly);

    static native int names(long directory, long[] names);

    static native void number(long names, long numbers, int count);

    static native boolean lacks(long directory, long names, long numbers, int count, boolean each);

    /** Fills the six fields of a {@link FileSignature}, in its order; false when there is no such file. */
    static native boolean signature(long path, long[] fields);

    /** As above; the path has no NUL at its end. */
    static native boolean signatureOf(byte[] path, long[] fields);

    static native long coarseTime();

    static native int feedOpen(long descriptors);

    static native void feedClose(long descriptors);

    static native int feedDrain(long descriptors, long buffer, int size);

    static native int feedWatch(long descriptors, long path, long steps, int room, long file);

    static native boolean feedSettle(int file);

    static native long user();

    /** Returns the user at the other end of a connection; negative when that can't be asked. */
    static native long peer(SocketChannel connection);

    /** Returns a descriptor at which {@link #arrivalsAwait} waits; negative when there is none. */
    static native int arrivalsOpen(ServerSocketChannel listener);

    /** Returns when a connection may be there for this thread; false when it can't wait. */
    static native boolean arrivalsAwait(int arrivals);

    static native void arrivalsClose(int arrivals);

    /** Wakes all that wait; nobody can connect any more. */
    static native void arrivalsEnd(ServerSocketChannel listener);
}
