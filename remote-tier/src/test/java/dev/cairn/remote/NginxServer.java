package dev.cairn.remote;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * nginx with WebDAV, one for all tests of this JVM: {@code /open/} for anyone, {@code
 * /readonly/} the same for reading only, {@code /basic/} with a password, {@code
 * /bearer/} with a token; and over TLS {@code /open/} for those who show a certificate.
 */
final class NginxServer {
    static final int PORT = TestServers.freePort();
    static final int TLS_PORT = TestServers.freePort();
    static final String PASSWORD = "p;ss/wörd@+%";
    static final String TOKEN = "token-that-nobody-may-see";
    static final Path CERTIFICATES = TestServers.directory("certificates");

    private static final AtomicInteger AREAS = new AtomicInteger();

    static {
        start();
    }

    private NginxServer() {}

    /** Returns the address of a place of its own. */
    static RemoteUrl newArea() {
        return RemoteUrl.parse("http://127.0.0.1:" + PORT + "/open/area" + AREAS.incrementAndGet());
    }

    private static void start() {
        Path directory = TestServers.directory("nginx");
        try {
            certificates();
            Files.createDirectories(directory.resolve("data"));
            Files.writeString(directory.resolve("passwords"), "user:{PLAIN}" + PASSWORD + "\n");
            Files.writeString(
                    directory.resolve("nginx.conf"), configuration().replace("DIRECTORY", directory.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String nginx = TestServers.require("nginx", "nginx-light");
        TestServers.start(
                directory,
                PORT,
                List.of(nginx, "-e", "stderr", "-p", directory.toString(), "-c", directory + "/nginx.conf"));
    }

    private static String configuration() {
        String user = "root".equals(System.getProperty("user.name")) ? "user root;" : "";
        return """
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
                        listen 127.0.0.1:%d;
                        location /open/ { }
                        location /readonly/ { alias DIRECTORY/data/open/; limit_except GET HEAD { deny all; } }
                        location /basic/ { auth_basic "cache"; auth_basic_user_file DIRECTORY/passwords; }
                        location /bearer/ { if ($http_authorization != "Bearer %s") { return 401; } }
                    }
                    server {
                        listen 127.0.0.1:%d ssl;
                        ssl_certificate %s/server.pem;
                        ssl_certificate_key %s/server.key;
                        ssl_client_certificate %s/client.pem;
                        ssl_verify_client on;
                        location /open/ { }
                    }
                }
                """.formatted(user, PORT, TOKEN, TLS_PORT, CERTIFICATES, CERTIFICATES, CERTIFICATES);
    }

    /** Makes a certificate for the server and one for a client, each its own authority. */
    private static void certificates() throws IOException {
        String openssl = TestServers.require("openssl", "openssl");
        for (String name : List.of("server", "client")) {
            run(
                    openssl,
                    "req",
                    "-x509",
                    "-newkey",
                    "rsa:2048",
                    "-nodes",
                    "-days",
                    "2",
                    "-subj",
                    "/CN=" + name,
                    "-addext",
                    "subjectAltName=IP:127.0.0.1",
                    "-keyout",
                    name + ".key",
                    "-out",
                    name + ".pem");
        }
        run(
                openssl,
                "pkcs12",
                "-export",
                "-in",
                "client.pem",
                "-inkey",
                "client.key",
                "-out",
                "client.p12",
                "-passout",
                "pass:opensesame");
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(CERTIFICATES.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new AssertionError(List.of(command) + ": " + output);
        }
    }
}
