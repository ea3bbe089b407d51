package dev.cairn.remote;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
                        ssl_client_certificate %s/clients.pem;
                        ssl_verify_client on;
                        location /open/ { }
                    }
                }
                """.formatted(user, PORT, TOKEN, TLS_PORT, CERTIFICATES, CERTIFICATES, CERTIFICATES);
    }

    /**
     * Makes a certificate for the server, and for clients one of each usual kind of key; each is its own authority.
     * Those of clients are {@code client.pem} with {@code client.key}, and {@code curve.pem} with everything in it.
     */
    private static void certificates() throws IOException {
        certificate("server", "rsa:2048");
        certificate("client", "rsa:2048");
        certificate("curve", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1");
        openssl("pkcs8", "-topk8", "-in", "client.key", "-out", "encrypted.key", "-passout", "pass:opensesame");
        Path curve = CERTIFICATES.resolve("curve.pem");
        Files.writeString(
                CERTIFICATES.resolve("clients.pem"),
                Files.readString(CERTIFICATES.resolve("client.pem")) + Files.readString(curve));
        Files.writeString(curve, Files.readString(curve) + Files.readString(CERTIFICATES.resolve("curve.key")));
    }

    private static void certificate(String name, String kind, String... more) throws IOException {
        List<String> words = new ArrayList<>(List.of("req", "-x509", "-nodes", "-days", "2", "-newkey", kind));
        words.addAll(List.of(more));
        words.addAll(List.of("-subj", "/CN=" + name, "-addext", "subjectAltName=IP:127.0.0.1"));
        words.addAll(List.of("-keyout", name + ".key", "-out", name + ".pem"));
        openssl(words.toArray(String[]::new));
    }

    private static void openssl(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(TestServers.require("openssl", "openssl")));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command)
                .directory(CERTIFICATES.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new AssertionError(command + ": " + output);
        }
    }
}
