package dev.cairn.wrapper.family;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Reads a process's output beside it, so that neither waits for the other. */
final class ProcessOutput {
    private static final long LIMIT_SECONDS = 2;

    private final CompletableFuture<byte[]> bytes;

    private ProcessOutput(CompletableFuture<byte[]> bytes) {
        this.bytes = bytes;
    }

    static ProcessOutput of(Process process) {
        CompletableFuture<byte[]> bytes = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                bytes.complete(process.getInputStream().readAllBytes());
            } catch (IOException e) {
                bytes.completeExceptionally(e);
            }
        });
        return new ProcessOutput(bytes);
    }

    /** Returns everything printed; the process has ended, so this waits only for a grandchild that holds the pipe. */
    byte[] bytes() throws IOException, InterruptedException {
        try {
            return bytes.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("its output could not be read", e);
        }
    }
}
