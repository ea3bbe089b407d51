package dev.cairn.remote;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Pauses of those who replace the same object, so that each has its turn. Stateless. */
final class Contention {
    private static final int LONGEST_PAUSE_MILLIS = 200;

    /** After this, whoever had read an object before it was replaced has replaced it too. */
    private static final int SETTLED_MILLIS = 60;

    private Contention() {}

    /** Waits after another was faster: longer each time. */
    static void lost(int attempt) throws StoreException {
        pause(0, Math.min(LONGEST_PAUSE_MILLIS, 10 << attempt));
    }

    /** Waits after an object was replaced, until that would show which another did at the same time. */
    static void settle() throws StoreException {
        pause(SETTLED_MILLIS, 2 * SETTLED_MILLIS);
    }

    private static void pause(int least, int most) throws StoreException {
        try {
            TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(least, most + 1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(Failure.TIMEOUT, "interrupted");
        }
    }
}
