package dev.cairn.remote;

import java.util.concurrent.TimeUnit;

/** Keeps the average of what is sent below a limit. Thread-safe. */
final class Bandwidth {
    private final long bytesPerSecond;
    private long free = System.nanoTime();

    /**
     * Makes a limit.
     *
     * @param bytesPerSecond 0 for none
     */
    Bandwidth(long bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    /** Waits until so many bytes may be sent. */
    void take(long bytes) throws StoreException {
        if (bytesPerSecond <= 0) {
            return;
        }
        long wait;
        synchronized (this) {
            long now = System.nanoTime();
            long start = Math.max(now, free);
            free = start + (long) (bytes * 1e9 / bytesPerSecond);
            wait = start - now;
        }
        try {
            TimeUnit.NANOSECONDS.sleep(wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(Failure.TIMEOUT, "interrupted");
        }
    }
}
