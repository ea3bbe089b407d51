package dev.cairn.remote;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A proxy as companies have them, for http and, by CONNECT, for https; every name stands for this machine. */
public final class ForwardProxy implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *(\\d+)");
    private static final String PREFIX = "proxy-authorization: basic ";

    private final ServerSocket server;
    private final String wanted;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final AtomicInteger requests = new AtomicInteger();

    private ForwardProxy(ServerSocket server, String wanted) {
        this.server = server;
        this.wanted = wanted;
    }

    /**
     * Starts one.
     *
     * @param user who may use it, as {@code user:password}; empty for everybody
     */
    public static ForwardProxy toThisMachine(String user) throws IOException {
        String wanted = user.isEmpty() ? "" : Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
        ForwardProxy proxy = new ForwardProxy(new ServerSocket(0, 500, InetAddress.getLoopbackAddress()), wanted);
        Thread.ofVirtual().start(proxy::accept);
        return proxy;
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Returns how many requests were let through. */
    public int requests() {
        return requests.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                open.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            String head = head(client.getInputStream());
            while (!head.isEmpty() && !isWelcome(head)) {
                skipBody(client.getInputStream(), head);
                say(client, "407 Who are you\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0");
                head = head(client.getInputStream());
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
            open.add(upstream);
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

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        for (int tail = 0; tail != 0x0d0a0d0a; ) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            read.write(next);
            tail = tail << 8 | next;
        }
        return read.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
