package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A process that changes a file in one of the ways of {@code src/test/c/writer.c}, whenever it is told to. */
final class OtherProcess implements AutoCloseable {
    private static final int NOT_OFFERED = 77;

    private final Process process;
    private final BufferedReader said;
    private final BufferedWriter told;

    private OtherProcess(Process process) {
        this.process = process;
        this.said = process.inputReader();
        this.told = process.outputWriter();
    }

    /** Returns every way whose changes show in a stamp, on any file system on disk. */
    static Stream<String> ways() {
        return Stream.concat(
                waysOnAnyFileSystem(), Stream.of("map-held", "map-held-fd-closed", "map-held-clean", "fallocate-held"));
    }

    /** Returns those that have the file open, or mapped, from the start. */
    static Stream<String> waysThatHoldIt() {
        return ways().filter(how -> how.endsWith("-held") || how.contains("-held-"))
                .filter(how -> !how.equals("renamed-in-held") && !how.equals("io-uring-opened-held"));
    }

    /** Returns those that show in a stamp of a file system in memory too. */
    static Stream<String> waysOnAnyFileSystem() {
        return Stream.of(
                "write",
                "truncating-write",
                "write-held",
                "told-before-closed",
                "child-exits-unclosed",
                "truncate",
                "rename-over",
                "renamed-in-held",
                "exchange",
                "link-over",
                "link-write",
                "remove-and-create",
                "sendfile",
                "copy-range-held",
                "aio-held",
                "aio-direct-held",
                "io-uring",
                "io-uring-asynchronous",
                "io-uring-held",
                "io-uring-held-asynchronous",
                "io-uring-opened-held",
                "map",
                "map-closed-first",
                "map-child-exits");
    }

    /** Compiles the program. */
    static Path compile() throws IOException {
        return compile("writer", "src/test/c/writer.c");
    }

    /** Compiles a program of a test from sources, with what else the C compiler is to be told. */
    static Path compile(String name, String... sourcesAndOptions) throws IOException {
        Path program = Files.createDirectories(Path.of("target", "writer").toAbsolutePath())
                .resolve(name);
        List<String> command = new ArrayList<>(
                List.of("cc", "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Werror", "-o", program.toString()));
        command.addAll(List.of(sourcesAndOptions));
        Mount.run(command);
        return program;
    }

    /** Starts it; it has open what it needs when this returns. With a flag file, that says how many changes were made. */
    static OtherProcess start(Path program, String how, Path file, Path... flag) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString(), how, file.toString()));
        Stream.of(flag).map(Path::toString).forEach(command::add);
        OtherProcess other = new OtherProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
        String first = other.said.readLine();
        if (first == null) {
            int status = other.process.onExit().join().exitValue();
            Assumptions.assumeFalse(status == NOT_OFFERED, "NOT RUN: this kernel does not permit " + how);
        }
        assertThat(first).as(how).isEqualTo("ready");
        return other;
    }

    /** Has the file changed; it is when this returns. */
    void change() throws IOException {
        begin();
        end();
    }

    /** Has the file changed some time before {@link #end}. */
    void begin() throws IOException {
        told.write("change\n");
        told.flush();
    }

    /** Returns when the file is changed. */
    void end() throws IOException {
        assertThat(said.readLine()).isEqualTo("done");
    }

    @Override
    public void close() throws IOException {
        told.close();
        process.destroyForcibly();
    }
}
