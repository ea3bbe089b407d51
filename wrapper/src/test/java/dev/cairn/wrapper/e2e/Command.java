package dev.cairn.wrapper.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A command line with its directory, environment and standard input. Immutable. */
record Command(List<String> argv, Path directory, Map<String, String> environment, Optional<Path> input, Path scratch) {
    private static final Duration LONGEST = Duration.ofMinutes(2);

    Command in(Path other) {
        return new Command(argv, other, environment, input, scratch);
    }

    Command env(String name, String value) {
        Map<String, String> changed = new LinkedHashMap<>(environment);
        changed.put(name, value);
        return new Command(argv, directory, changed, input, scratch);
    }

    Command unset(String name) {
        Map<String, String> changed = new LinkedHashMap<>(environment);
        changed.remove(name);
        return new Command(argv, directory, changed, input, scratch);
    }

    /** The same with a file as standard input, which is otherwise empty. */
    Command reading(Path file) {
        return new Command(argv, directory, environment, Optional.of(file), scratch);
    }

    /** The same behind other words, such as a program that runs it. */
    Command after(String... words) {
        List<String> longer = new ArrayList<>(List.of(words));
        longer.addAll(argv);
        return new Command(longer, directory, environment, input, scratch);
    }

    Command withArgv(List<String> words) {
        return new Command(words, directory, environment, input, scratch);
    }

    Command with(String... more) {
        List<String> longer = new ArrayList<>(argv);
        longer.addAll(List.of(more));
        return new Command(longer, directory, environment, input, scratch);
    }

    /** The same with a shell's preparation before it, such as {@code umask 077} or {@code exec 2>&-}. */
    Command afterShell(String preparation) {
        return after("sh", "-c", preparation + "\nexec \"$@\"", "sh");
    }

    /** Runs it to its end. */
    Result run() {
        return start().end();
    }

    /** Starts it. Its output goes to files, so that nothing that it leaves behind can hold up the test. */
    Running start() {
        try {
            Path out = Files.createTempFile(scratch, "out", "");
            Path err = Files.createTempFile(scratch, "err", "");
            ProcessBuilder builder = new ProcessBuilder(argv)
                    .directory(directory.toFile())
                    .redirectInput(input.orElse(Path.of("/dev/null")).toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment);
            Tool.require(argv.getFirst());
            return new Running(builder.start(), out, err, System.nanoTime());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A command that was started. */
    record Running(Process process, Path out, Path err, long started) {
        Result end() {
            try {
                if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                    throw new AssertionError("still running after " + LONGEST + ": " + process.info());
                }
                Duration time = Duration.ofNanos(System.nanoTime() - started);
                Result result = new Result(process.exitValue(), Files.readAllBytes(out), Files.readAllBytes(err), time);
                Files.delete(out);
                Files.delete(err);
                return result;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }
}
