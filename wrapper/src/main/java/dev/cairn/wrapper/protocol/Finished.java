package dev.cairn.wrapper.protocol;

import java.util.Optional;

/**
 * How the compiler ended, as a launcher saw it.
 *
 * @param waitStatus as {@code waitpid} gave it
 * @param outputCut whether stdout or stderr was longer than the launcher keeps
 * @param scanFailed whether the separate dependency scan failed
 * @param dependencies a Make rule, when one was asked for and written
 */
public record Finished(
        int waitStatus,
        boolean outputCut,
        boolean scanFailed,
        byte[] stdout,
        byte[] stderr,
        Optional<byte[]> dependencies) {

    /** Whether the compiler was ended by a signal. */
    public boolean signalled() {
        return (waitStatus & 0x7f) != 0;
    }

    /** Returns the exit code; 128 plus the signal's number when it was ended by one. */
    public int exitCode() {
        return signalled() ? 128 + (waitStatus & 0x7f) : (waitStatus >> 8) & 0xff;
    }
}
