package dev.cairn.cache;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another JVM that uses a cache directory: {@code store} stores samples until it is killed, {@code hold} only opens. */
final class ChildProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    private ChildProcess(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    static ChildProcess start(String mode, Path directory, int first) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + Files.createDirectories(directory), // a native library, which a kill leaves
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(ChildProcess.class.getName(), mode, directory.toString(), Integer.toString(first)));
        return new ChildProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    /** Returns the next line that the process writes. */
    String line() throws IOException {
        String line = output.readLine();
        if (line == null) {
            throw new IOException("the process ended");
        }
        return line;
    }

    long pid() {
        return process.pid();
    }

    /** Kills the process as {@code kill -9} does. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }

    /**
     * Runs in the other JVM.
     *
     * @param arguments mode, directory, number of the first sample
     */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[1]);
        try (LocalCache cache = LocalCache.open(directory.resolve("cache"), 20L << 20, new StatSignatures())) {
            System.out.println("open");
            if (arguments[0].equals("hold")) {
                System.in.read();
            }
            for (int number = Integer.parseInt(arguments[2]); ; number++) {
                Sample sample = new Sample(number % 500, 5_000 + number % 7 * 60_000);
                sample.storeIn(cache, directory.resolve("work"));
                System.out.println(number);
            }
        }
    }
}
