package dev.cairn.wrapper.pipeline;

import dev.cairn.wrapper.pipeline.RemoteLookup.Result;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The remote's answer against the compiler's end. An answer is offered to the launcher once that has said that its compiler
 * runs, and not after it has said anything else: {@link #end} waits for an offer that is being made. Thread-safe.
 */
final class Race {
    private static final Logger LOG = LoggerFactory.getLogger(Race.class);
    private static final byte[] MACHINE_CODE = {0x7f, 'E', 'L', 'F'};

    private final Consumer<Result> count;
    private Optional<Result> answer = Optional.empty();
    private Optional<Consumer<Lookup.Result.Found>> launcher = Optional.empty();
    private boolean offered;
    private boolean over;

    /** @param count told once how the question ended */
    Race(Consumer<Result> count) {
        this.count = count;
    }

    /** Whether all that a compiler does ends with it: a script may have it done by a process that is not its own. */
    static boolean isPossible(Context context) {
        try (InputStream program =
                Files.newInputStream(Path.of(context.request().compiler()))) {
            return Arrays.equals(program.readNBytes(MACHINE_CODE.length), MACHINE_CODE);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Asks, on another thread, and waits a little. Returns the answer if it came meanwhile; else the race is on.
     *
     * @param headStart how long to wait
     */
    Optional<Result> ask(Supplier<Result> question, Duration headStart) {
        CompletableFuture<Result> asked = new CompletableFuture<>();
        Thread.ofVirtual().name("ask").start(() -> {
            Result result = answer(question);
            if (!asked.complete(result)) {
                answered(result);
            }
        });
        try {
            asked.get(headStart.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.debug("no answer within {}", headStart);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return asked.cancel(false) ? Optional.empty() : Optional.of(counted(asked.join()));
    }

    private static Result answer(Supplier<Result> question) {
        try {
            return question.get();
        } catch (RuntimeException e) {
            LOG.error("asking the remote failed", e);
            return new Result.Unavailable("remote-error");
        }
    }

    /** Counts an answer that nothing ran against, and returns it. */
    Result counted(Result result) {
        count.accept(result);
        return result;
    }

    private synchronized void answered(Result result) {
        if (over) {
            letGo(result);
            return;
        }
        answer = Optional.of(result);
        count.accept(result);
        offer();
    }

    /**
     * To be told that the compiler runs.
     *
     * @param offers takes a hit, which it has to let go of
     */
    synchronized void running(Consumer<Lookup.Result.Found> offers) {
        launcher = Optional.of(offers);
        offer();
    }

    private void offer() {
        if (!over && !offered && launcher.isPresent() && answer.orElse(null) instanceof Result.Found(var found)) {
            offered = true;
            launcher.get().accept(found);
        }
    }

    /** Ends it: from now on nothing is offered. */
    synchronized void end() {
        if (!over && answer.isEmpty()) {
            count.accept(Result.LATE);
        }
        if (!over && !offered) {
            answer.ifPresent(Race::letGo);
        }
        over = true;
    }

    synchronized boolean isOver() {
        return over;
    }

    /** Returns a line on why the compiler's result counted, for a person. */
    synchronized String whyCompiled() {
        return switch (answer.orElse(null)) {
            case null -> "the compiler was faster than the remote";
            case Result.Found found -> "the remote's answer came when the compiler had printed something, or had ended";
            case Result.Absent(String line) -> "remote: " + line;
            case Result.Unavailable(String reason) -> "remote: no answer: " + reason;
        };
    }

    private static void letGo(Result result) {
        if (result instanceof Result.Found(var found)) {
            found.artifact().close();
        }
    }
}
