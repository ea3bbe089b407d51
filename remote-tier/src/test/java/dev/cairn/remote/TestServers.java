package dev.cairn.remote;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import software.amazon.awssdk.services.s3.S3Client;

/** Programs that the tests start, and stop when the JVM ends. */
final class TestServers {
    private TestServers() {}

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path directory(String name) {
        try {
            return Files.createTempDirectory(
                    Files.createDirectories(Path.of("target", "servers")).toAbsolutePath(), name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a server and waits until it listens; its output goes to {@code server.log} in its directory. */
    static Process start(Path directory, int port, List<String> command) {
        Path log = directory.resolve("server.log");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().put("TMPDIR", directory.toString());
            Process process = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(process, directory)));
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                if (!process.isAlive()) {
                    throw new IllegalStateException(command + " ended: " + Files.readString(log));
                }
                return listens(port);
            });
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command.getFirst(), e);
        }
    }

    /** Makes an empty bucket on a server that speaks S3. */
    static void makeBucket(RemoteUrl url, ProviderVariables credentials) {
        try (S3Client client = S3Clients.create(url, Transport.DIRECT, credentials, RequestLimits.DEFAULT)) {
            client.createBucket(create -> create.bucket(url.place()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fails with the name of what is missing. */
    static String require(String tool, String debianPackage) {
        for (String directory : (System.getenv("PATH") + ":/usr/sbin:/sbin").split(":", -1)) {
            Path program = Path.of(directory, tool);
            if (Files.isExecutable(program)) {
                return program.toString();
            }
        }
        throw new AssertionError("these tests need " + tool + "; install the Debian package " + debianPackage);
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void stop(Process process, Path directory) {
        process.destroy();
        try {
            if (!process.waitFor(3, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            delete(directory);
        } catch (InterruptedException | IOException e) {
            // The build's own clean removes what is left.
            process.destroyForcibly();
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
