package dev.cairn.remote;

import java.nio.file.Files;
import java.nio.file.Path;

/** A process that stores and offers artifacts until it is killed, and prints the number of each that it has offered. */
final class UploadingProcess {
    private UploadingProcess() {}

    static Process start(Path machine, RemoteUrl url, int first) throws java.io.IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djava.io.tmpdir=" + Files.createDirectories(machine), // a native library, which a kill leaves
                        "-cp",
                        System.getProperty("java.class.path"),
                        UploadingProcess.class.getName(),
                        machine.toString(),
                        url.toString(),
                        Integer.toString(first))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** As machines are that are no tests: with a queue that is long enough for whatever many kills leave. */
    static Machine machine(Path directory, RemoteUrl url) throws Exception {
        return new Machine(directory, url, settings -> settings.withTuning(RemoteTuning.DEFAULT));
    }

    static byte[] output(int number) {
        return SampleArtifacts.random(number, 1_000 + 3_000 * (number % 40));
    }

    /**
     * Runs in the other JVM.
     *
     * @param arguments directory of the machine, address, first number
     */
    public static void main(String[] arguments) throws Exception {
        try (Machine machine = machine(Path.of(arguments[0]), RemoteUrl.parse(arguments[1]))) {
            for (int number = Integer.parseInt(arguments[2]); ; number++) {
                machine.produce("context" + number / 3, "artifact" + number, output(number));
                System.out.println(number);
            }
        }
    }
}
