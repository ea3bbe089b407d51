package dev.cairn.wrapper.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that is no child of this one. It has ended when it is a zombie too: who made it may not ask for its status for
 * seconds, which is what {@link ProcessHandle#onExit} would wait for.
 */
record OtherProcess(long pid) {
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** Waits for the end; returns whether it came in time. */
    boolean awaitEnd(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (!hasEnded()) {
            if (System.nanoTime() > end) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }

    private boolean hasEnded() {
        try {
            // "pid (name) state …", and a name may hold anything.
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
            int state = stat.lastIndexOf(')') + 2;
            return state >= stat.length() || "ZX".indexOf(stat.charAt(state)) >= 0;
        } catch (IOException e) {
            return true;
        }
    }
}
