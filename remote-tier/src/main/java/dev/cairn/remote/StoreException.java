package dev.cairn.remote;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** That an object store could not be reached or refused. The message is one line for users and holds no secret. */
public final class StoreException extends IOException {
    private static final long serialVersionUID = 1;
    private static final int LONGEST_MESSAGE = 300;

    private final Failure failure;
    private final String line;
    private final long retryAfterMillis;

    StoreException(Failure failure, String message) {
        this(failure, message, Optional.empty(), Optional.empty());
    }

    StoreException(
            Failure failure, String message, Optional<Duration> retryAfter, Optional<? extends Throwable> cause) {
        String redacted = oneLine(Secrets.redact(message));
        super(redacted, cause.orElse(null));
        this.failure = failure;
        this.line = redacted;
        this.retryAfterMillis = retryAfter.map(Duration::toMillis).orElse(-1L);
    }

    /** Returns an exception as one of this kind: itself, or what a broken connection means. */
    static StoreException of(Throwable cause) {
        if (cause instanceof StoreException known) {
            return known;
        }
        return new StoreException(Failure.of(cause), describe(cause), Optional.empty(), Optional.of(cause));
    }

    /** Returns what an exception says, with its kind where the message alone is a riddle. */
    static String describe(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        String kind = root.getClass().getSimpleName();
        return message == null || message.isBlank() ? kind : kind + ": " + message;
    }

    private static String oneLine(String message) {
        String line = message.replaceAll("\\s+", " ").strip();
        return line.length() <= LONGEST_MESSAGE ? line : line.substring(0, LONGEST_MESSAGE) + "...";
    }

    /** Returns the message: one line for users. */
    public String line() {
        return line;
    }

    /** Returns why. */
    public Failure failure() {
        return failure;
    }

    /** Returns how long the store asks to be left alone, if it said so. */
    public Optional<Duration> retryAfter() {
        return retryAfterMillis < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(retryAfterMillis));
    }
}
