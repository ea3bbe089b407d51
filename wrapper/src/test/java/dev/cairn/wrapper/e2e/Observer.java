package dev.cairn.wrapper.e2e;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Runs a command in a process group of its own and writes down its wait status, which Java does not tell: it makes no
 * difference between a death by a signal and an exit code of that number and 128.
 */
final class Observer {
    private static final String PROGRAM = """
            #include <stdio.h>
            #include <stdlib.h>
            #include <sys/wait.h>
            #include <unistd.h>
            static void note(const char *path, int number) {
                FILE *file = fopen(path, "w");
                fprintf(file, "%d\\n", number);
                fclose(file);
            }
            int main(int argc, char **argv) {
                int status;
                pid_t child = argc < 4 ? -1 : fork();
                if (child == 0) {
                    setpgid(0, 0);
                    execvp(argv[3], argv + 3);
                    _exit(127);
                }
                setpgid(child, child);
                note(argv[1], (int)child);
                if (child < 0 || waitpid(child, &status, 0) != child)
                    return 1;
                note(argv[2], status);
                return 0;
            }
            """;

    private final Sandbox box;
    private final Path program;

    Observer(Sandbox box) {
        this.box = box;
        this.program = box.root.resolve("observer");
        try {
            Path source = Files.writeString(box.root.resolve("observer.c"), PROGRAM);
            box.bare("gcc", "-Wall", source.toString(), "-o", program.toString())
                    .run()
                    .succeeded();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a command. */
    Observed start(Command command) {
        try {
            Path pid = Files.createTempFile(box.root, "pid", "");
            Path status = Files.createTempFile(box.root, "status", "");
            Command.Running running = command.after(program.toString(), pid.toString(), status.toString())
                    .start();
            await("start of " + command.argv())
                    .atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> Files.readString(pid).endsWith("\n"));
            return new Observed(running, Integer.parseInt(Files.readString(pid).strip()), status);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A command that was started.
     *
     * @param pid of the command, and of its process group
     */
    record Observed(Command.Running running, int pid, Path statusFile) {
        /** Waits for its end and returns what {@code waitpid} told. */
        int status() {
            running.end().succeeded();
            try {
                return Integer.parseInt(Files.readString(statusFile).strip());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
