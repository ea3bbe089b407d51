package dev.cairn.wrapper.e2e;

import static org.awaitility.Awaitility.await;

import dev.cairn.remote.GcsEmulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** A real store of a kind, in a process of its own where it needs one. */
record RemoteServer(String address, Map<String, String> environment, int port, List<Process> processes)
        implements AutoCloseable {
    static final String SECRET = "s3cr3t/with+all=of%the&special@chars";
    private static final String ID = "test+key";

    /** A directory. */
    static RemoteServer directory(Path directory) throws IOException {
        return new RemoteServer("file://" + Files.createDirectories(directory), Map.of(), 0, List.of());
    }

    /** S3Proxy, which checks signatures, with an empty bucket. */
    static RemoteServer s3(Path directory) throws IOException {
        return s3(directory, "");
    }

    /** The same where a bucket is a host, {@code bucket.localhost}. */
    static RemoteServer s3ByHost(Path directory) throws IOException {
        RemoteServer server = s3(directory, "s3proxy.virtual-host=localhost\n");
        return new RemoteServer(
                bucket(server.port).replace("127.0.0.1", "localhost") + "&path_style=false",
                server.environment,
                server.port,
                server.processes);
    }

    private static RemoteServer s3(Path directory, String more) throws IOException {
        int port = freePort();
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("s3proxy.conf"), """
                s3proxy.endpoint=http://127.0.0.1:%d
                s3proxy.authorization=aws-v2-or-v4
                s3proxy.identity=%s
                s3proxy.credential=%s
                jclouds.provider=transient-nio2
                """.formatted(port, ID, SECRET) + more);
        Files.writeString(directory.resolve("logback.xml"), "<configuration><root level=\"WARN\"/></configuration>\n");
        Path jar = Path.of("..", "remote-tier", "target", "servers", "s3proxy.jar")
                .toAbsolutePath()
                .normalize();
        if (!Files.exists(jar)) {
            throw new AssertionError("this test needs " + jar + "; the build of remote-tier puts it there");
        }
        Process server = start(
                directory,
                port,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.configurationFile=" + directory.resolve("logback.xml"),
                "-jar",
                jar.toString(),
                "--properties",
                "s3proxy.conf");
        RemoteServer made = new RemoteServer(
                bucket(port), Map.of("AWS_ACCESS_KEY_ID", ID, "AWS_SECRET_ACCESS_KEY", SECRET), port, List.of(server));
        made.createBucket("bucket");
        return made;
    }

    /** Makes an empty bucket on a server that speaks S3. */
    void createBucket(String name) {
        // A server whose buckets are hosts below localhost answers to that name only.
        try (S3Client client = S3Client.builder()
                .endpointOverride(URI.create("http://localhost:" + port))
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(ID, SECRET)))
                .build()) {
            client.createBucket(bucket -> bucket.bucket(name));
        }
    }

    /** The emulator of Google's storage; it makes buckets as they are named. */
    static RemoteServer gcs(Path directory) throws IOException {
        int port = freePort();
        Process server = start(
                Files.createDirectories(directory),
                port,
                GcsEmulator.command(port).toArray(String[]::new));
        return new RemoteServer(
                "gs://bucket/some/prefix?anonymous=true&endpoint=http://127.0.0.1:" + port,
                Map.of(),
                port,
                List.of(server));
    }

    private static String bucket(int port) {
        return "s3://bucket/some/prefix?region=us-east-1&endpoint=http://127.0.0.1:" + port;
    }

    /** nginx with WebDAV. */
    static RemoteServer http(Path directory) throws IOException {
        RemoteServer server = nginx(directory, "");
        return new RemoteServer("http://127.0.0.1:" + server.port + "/cache", Map.of(), server.port, server.processes);
    }

    /**
     * The same by https, with a certificate that nobody else knows, {@code server.pem}, for those who show one that it
     * knows, {@code client.pem} with {@code client.key}; all in the directory.
     */
    static RemoteServer https(Path directory) throws IOException {
        Files.createDirectories(directory);
        for (String name : List.of("server", "client")) {
            String words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=" + name
                    + " -addext subjectAltName=IP:127.0.0.1 -keyout " + name + ".key -out " + name + ".pem";
            List<String> command =
                    new ArrayList<>(List.of(Tool.require("openssl").toString()));
            command.addAll(List.of(words.split(" ", -1)));
            Process openssl = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("openssl.log").toFile())
                    .start();
            if (openssl.onExit().join().exitValue() != 0) {
                throw new AssertionError(Files.readString(directory.resolve("openssl.log")));
            }
        }
        RemoteServer server = nginx(directory, """
                ssl_certificate DIRECTORY/server.pem;
                ssl_certificate_key DIRECTORY/server.key;
                ssl_client_certificate DIRECTORY/client.pem;
                ssl_verify_client on;
                """);
        return new RemoteServer("https://127.0.0.1:" + server.port + "/cache", Map.of(), server.port, server.processes);
    }

    private static RemoteServer nginx(Path directory, String certificates) throws IOException {
        int port = freePort();
        Files.createDirectories(directory.resolve("data"));
        String user = "root".equals(System.getProperty("user.name")) ? "user root;" : "";
        Files.writeString(directory.resolve("nginx.conf"), """
                %s
                daemon off;
                worker_processes 1;
                pid DIRECTORY/pid;
                error_log stderr warn;
                events { worker_connections 512; }
                http {
                    access_log off;
                    client_max_body_size 0;
                    client_body_temp_path DIRECTORY/body;
                    proxy_temp_path DIRECTORY/proxy;
                    fastcgi_temp_path DIRECTORY/fastcgi;
                    uwsgi_temp_path DIRECTORY/uwsgi;
                    scgi_temp_path DIRECTORY/scgi;
                    root DIRECTORY/data;
                    dav_methods PUT DELETE;
                    create_full_put_path on;
                    server {
                        listen 127.0.0.1:%d%s;
                        %s
                        location / { }
                        location /readonly/ { alias DIRECTORY/data/; limit_except GET HEAD { deny all; } }
                    }
                }
                """.formatted(
                        user, port, certificates.isEmpty() ? "" : " ssl", certificates)
                .replace("DIRECTORY", directory.toString()));
        Process server = start(
                directory,
                port,
                Tool.require("nginx").toString(),
                "-e",
                "stderr",
                "-p",
                directory.toString(),
                "-c",
                directory + "/nginx.conf");
        return new RemoteServer("", Map.of(), port, List.of(server));
    }

    /** The same HTTP store, for those who may only read. */
    RemoteServer readOnly() {
        return new RemoteServer(address.replace("/cache", "/readonly/cache"), environment, port, List.of());
    }

    /** The same store, behind something else that listens. */
    RemoteServer behind(int otherPort) {
        return new RemoteServer(
                address.replace("127.0.0.1:" + port, "127.0.0.1:" + otherPort), environment, otherPort, List.of());
    }

    /** Has a command use the store; each compilation asks it itself. */
    Command share(Command command) {
        Command sharing = command.env("CAIRN_REMOTE", address).env("CAIRN_REMOTE_PREFETCH", "0");
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            sharing = sharing.env(variable.getKey(), variable.getValue());
        }
        return sharing;
    }

    private static Process start(Path directory, int port, String... command) throws IOException {
        Path log = directory.resolve("server.log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("TMPDIR", directory.toString());
        Process process = builder.start();
        await().atMost(Duration.ofMinutes(1)).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("the server ended: " + Files.readString(log));
            }
            return listens(port);
        });
        return process;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        processes.forEach(process -> {
            process.destroy();
            process.onExit().join();
        });
    }
}
