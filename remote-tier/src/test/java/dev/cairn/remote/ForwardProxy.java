package dev.cairn.remote;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A proxy as companies have them, for http and, by CONNECT, for https; every name stands for this machine. */
public final class ForwardProxy implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *(\\d+)");
    private static final String PREFIX = "proxy-authorization: basic ";

    private final HttpListener listener;
    private final String wanted;
    private final AtomicInteger requests = new AtomicInteger();

    private ForwardProxy(String wanted) throws IOException {
        this.wanted = wanted;
        this.listener = new HttpListener(this::serve);
    }

    /**
     * Starts one.
     *
     * @param user who may use it, as {@code user:password}; empty for everybody
     */
    public static ForwardProxy toThisMachine(String user) throws IOException {
        String wanted = user.isEmpty() ? "" : Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
        return new ForwardProxy(wanted);
    }

    public int port() {
        return listener.port();
    }

    /** Returns how many requests were let through. */
    public int requests() {
        return requests.get();
    }

    private void serve(Socket client) {
        try (client) {
            String head = HttpListener.head(client.getInputStream());
            while (!head.isEmpty() && !isWelcome(head)) {
                skipBody(client.getInputStream(), head);
                say(client, "407 Who are you\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0");
                head = HttpListener.head(client.getInputStream());
            }
            if (!head.isEmpty()) {
                requests.incrementAndGet();
                pass(client, head);
            }
        } catch (IOException e) {
            // one of both went away
        }
    }

    private static void skipBody(InputStream in, String head) throws IOException {
        Matcher length = LENGTH.matcher(head);
        if (length.find() && !head.toLowerCase(Locale.ROOT).contains("expect: 100-continue")) {
            in.skipNBytes(Long.parseLong(length.group(1)));
        }
    }

    private boolean isWelcome(String head) {
        return head.lines()
                        .anyMatch(line ->
                                line.regionMatches(true, 0, PREFIX, 0, PREFIX.length()) && line.endsWith(" " + wanted))
                || wanted.isEmpty();
    }

    private void pass(Socket client, String head) throws IOException {
        String[] request = head.lines().findFirst().orElse("").split(" ", -1);
        boolean connect = request[0].equals("CONNECT");
        URI target = URI.create(connect ? "https://" + request[1] : request[1]);
        try (Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target.getPort())) {
            if (connect) {
                say(client, "200 Go ahead");
            } else {
                String local = target.getRawPath() + (target.getRawQuery() == null ? "" : "?" + target.getRawQuery());
                String passed = head.replaceFirst("\\S+ \\S+", request[0] + " " + local)
                        .replaceAll("(?im)^(proxy-[a-z]+|connection|upgrade):.*\r\n", "")
                        .replaceFirst("\r\n", "\r\nConnection: close\r\n");
                upstream.getOutputStream().write(passed.getBytes(StandardCharsets.ISO_8859_1));
            }
            Thread.ofVirtual().start(() -> copy(client, upstream));
            copy(upstream, client);
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // the other direction ends as well
        }
    }

    private static void say(Socket client, String answer) throws IOException {
        client.getOutputStream().write(("HTTP/1.1 " + answer + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
