package dev.cairn.remote;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Stands before a real HTTP server and does to its answers what networks and servers do. One request per connection. */
public final class FaultProxy implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *(\\d+)");
    private static final Pattern CONDITION = Pattern.compile("(?im)^if-(none-)?match:");
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** What happens to an answer. */
    public sealed interface Fault {
        /** Nothing. */
        record None() implements Fault {}

        /** No answer, ever. */
        record Hang() implements Fault {}

        /** The answer comes, late. */
        record Delay(int millis) implements Fault {}

        /** A byte now and then. */
        record Trickle(int millisPerByte) implements Fault {}

        /** The connection closes after half of the body. */
        record Truncate() implements Fault {}

        /** A bit of the body is another. */
        record Alter() implements Fault {}

        /** More comes than was stored, and the length says so. */
        record Oversize() implements Fault {}

        /** An empty body, and the length says so. */
        record Empty() implements Fault {}

        /** The connection is reset instead of an answer. */
        record Reset() implements Fault {}

        /** The server says this instead; {@code headers} end in line breaks. */
        record Status(int code, String headers) implements Fault {}

        /** The server has no conditional requests. */
        record NoConditions() implements Fault {}

        /** Every second request meets a fault. */
        record Sometimes(Fault fault) implements Fault {}
    }

    private final HttpListener listener;
    private volatile int target;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile Fault fault = new Fault.None();

    private FaultProxy(int target) throws IOException {
        this.target = target;
        this.listener = new HttpListener(this::serve);
    }

    /** Stands before the server on a port of this machine. */
    public static FaultProxy before(int target) {
        try {
            return new FaultProxy(target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listener.port();
    }

    /** Stands before another server from now on. */
    void target(int port) {
        target = port;
    }

    /** Sets what happens to requests from now on; those under way go on as they began. */
    public void set(Fault next) {
        fault = next;
    }

    /** Ends the fault, also for requests that are under way: their connections are closed. */
    public void heal() throws IOException {
        fault = new Fault.None();
        listener.disconnect();
    }

    /** Returns the first lines of all requests so far. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    private void serve(Socket client) {
        try (client) {
            byte[] request = read(client);
            if (request.length == 0) {
                return;
            }
            String line = new String(request, StandardCharsets.ISO_8859_1)
                    .lines()
                    .findFirst()
                    .orElse("");
            requests.add(line);
            Fault now = fault;
            if (now instanceof Fault.Sometimes sometimes) {
                now = requests.size() % 2 == 0 ? sometimes.fault() : new Fault.None();
            }
            if (now instanceof Fault.NoConditions
                    && CONDITION
                            .matcher(new String(request, StandardCharsets.ISO_8859_1))
                            .find()) {
                now = new Fault.Status(501, "");
            }
            answer(now, client, request, line.startsWith("HEAD"));
        } catch (IOException e) {
            // one of both went away
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(Fault now, Socket client, byte[] request, boolean head)
            throws IOException, InterruptedException {
        OutputStream out = client.getOutputStream();
        switch (now) {
            case Fault.Hang hang -> client.getInputStream().readAllBytes();
            case Fault.Reset reset -> client.setSoLinger(true, 0);
            case Fault.Status status ->
                out.write(("HTTP/1.1 " + status.code() + " Fault\r\n" + status.headers()
                                + "Content-Length: 0\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
            default -> out.write(new byte[0]);
        }
        if (!(now instanceof Fault.Hang || now instanceof Fault.Reset || now instanceof Fault.Status)) {
            forward(now, out, ask(request), head);
        }
    }

    private static void forward(Fault now, OutputStream out, byte[] answer, boolean head)
            throws IOException, InterruptedException {
        int body = Math.min(answer.length, bodyStart(answer));
        boolean hasBody = !head && body < answer.length;
        switch (now) {
            case Fault.Delay delay -> {
                TimeUnit.MILLISECONDS.sleep(delay.millis());
                out.write(answer);
            }
            case Fault.Trickle trickle -> {
                for (byte next : answer) {
                    TimeUnit.MILLISECONDS.sleep(trickle.millisPerByte());
                    out.write(next);
                    out.flush();
                }
            }
            case Fault.Truncate truncate ->
                out.write(answer, 0, hasBody ? body + (answer.length - body) / 2 : answer.length);
            case Fault.Alter alter -> {
                if (hasBody) {
                    answer[body + (answer.length - body) / 2] ^= 1;
                }
                out.write(answer);
            }
            case Fault.Oversize oversize ->
                out.write(hasBody ? resized(answer, body, 2 * (answer.length - body)) : answer);
            case Fault.Empty empty -> out.write(hasBody ? resized(answer, body, 0) : answer);
            default -> out.write(answer);
        }
    }

    private static byte[] resized(byte[] answer, int body, int length) {
        String head = new String(answer, 0, body, StandardCharsets.ISO_8859_1);
        byte[] changed =
                LENGTH.matcher(head).replaceAll("Content-Length: " + length).getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = Arrays.copyOf(changed, changed.length + length);
        System.arraycopy(answer, body, all, changed.length, Math.min(length, answer.length - body));
        return all;
    }

    private byte[] ask(byte[] request) throws IOException {
        try (Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target)) {
            upstream.getOutputStream().write(request);
            upstream.getOutputStream().flush();
            return upstream.getInputStream().readAllBytes();
        }
    }

    /** Reads a whole request, and makes it the last of its connection. */
    private static byte[] read(Socket client) throws IOException {
        InputStream in = client.getInputStream();
        String head = HttpListener.head(in);
        if (head.isEmpty()) {
            return new byte[0];
        }
        if (head.toLowerCase(java.util.Locale.ROOT).contains("expect: 100-continue")) {
            client.getOutputStream().write(CONTINUE);
        }
        Matcher length = LENGTH.matcher(head);
        byte[] body = length.find() ? in.readNBytes(Integer.parseInt(length.group(1))) : new byte[0];
        String once = head.replaceAll("(?im)^(connection|expect):.*\r\n", "")
                .replaceFirst("\r\n", "\r\nConnection: close\r\n");
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(once.getBytes(StandardCharsets.ISO_8859_1));
        request.writeBytes(body);
        return request.toByteArray();
    }

    private static int bodyStart(byte[] message) {
        for (int i = 3; i < message.length; i++) {
            if (message[i] == '\n' && message[i - 1] == '\r' && message[i - 2] == '\n') {
                return i + 1;
            }
        }
        return Integer.MAX_VALUE;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
