package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A process that changes a file in one of the ways of {@code src/test/c/writer.c}, whenever it is told to. */
final class OtherProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader said;
    private final BufferedWriter told;

    private OtherProcess(Process process) {
        this.process = process;
        this.said = process.inputReader();
        this.told = process.outputWriter();
    }

    /** Compiles the program. */
    static Path compile(Path directory) throws IOException, InterruptedException {
        Path program = directory.resolve("writer");
        List<String> command = List.of(
                "cc", "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Werror", "-o", program.toString(), "src/test/c/writer.c");
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as("exit code of the C compiler")
                .isZero();
        return program;
    }

    /** Starts it; it has open what it needs when this returns. */
    static OtherProcess start(Path program, String how, Path file) throws IOException {
        OtherProcess other = new OtherProcess(new ProcessBuilder(program.toString(), how, file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
        assertThat(other.said.readLine()).isEqualTo("ready");
        return other;
    }

    /** Has the file changed; it is when this returns. */
    void change() throws IOException {
        told.write("change\n");
        told.flush();
        assertThat(said.readLine()).isEqualTo("done");
    }

    @Override
    public void close() throws IOException {
        told.close();
        process.destroyForcibly();
    }
}
