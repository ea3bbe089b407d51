package dev.cairn.wrapper.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A header that takes as long to read as the test likes: a pipe whose other end the test holds. */
final class SlowHeader {
    private final Path pipe;
    private final FileChannel end;

    SlowHeader(Sandbox box, String name) {
        pipe = box.work.resolve(name);
        box.bare("mkfifo", name).run().succeeded();
        try {
            end = FileChannel.open(pipe, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until a compiler below a process reads it, and returns that compiler's pid. */
    long awaitReader(Process process) {
        return Processes.awaitOpen(process, pipe);
    }

    /** Lets the compiler go on, with an empty header. */
    void end() {
        try {
            end.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
