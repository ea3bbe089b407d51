import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/**
 * As much of an S3 server as the training run of the AOT cache asks for, with its objects in memory and every signature
 * welcome: {@code java TrainingStore.java FILE}. Listens on the loopback interface only, writes its port to the file, and
 * runs until it is killed.
 */
final class TrainingStore {
    private static final String ABSENT =
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>";

    private final Map<String, byte[]> objects = new ConcurrentHashMap<>();

    public static void main(String[] arguments) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", new TrainingStore()::answer);
        server.start();
        Path made = Path.of(arguments[0] + ".new");
        Files.writeString(made, Integer.toString(server.getAddress().getPort()));
        Files.move(made, Path.of(arguments[0]));
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String key = exchange.getRequestURI().getRawPath();
            byte[] body = exchange.getRequestBody().readAllBytes();
            switch (exchange.getRequestMethod()) {
                case "GET", "HEAD" -> get(exchange, key);
                case "PUT" -> put(exchange, key, body);
                default -> exchange.sendResponseHeaders(501, -1);
            }
        }
    }

    private void get(HttpExchange exchange, String key) throws IOException {
        byte[] object = objects.get(key);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        byte[] answer = object == null ? ABSENT.getBytes() : object;
        if (object == null) {
            exchange.getResponseHeaders().set("Content-Type", "application/xml");
        } else {
            exchange.getResponseHeaders().set("ETag", tag(object));
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(object.length));
        }
        exchange.sendResponseHeaders(object == null ? 404 : 200, head ? -1 : answer.length);
        if (!head) {
            exchange.getResponseBody().write(answer);
        }
    }

    private synchronized void put(HttpExchange exchange, String key, byte[] body) throws IOException {
        byte[] present = objects.get(key);
        String match = exchange.getRequestHeaders().getFirst("If-Match");
        boolean unless = exchange.getRequestHeaders().containsKey("If-None-Match") && present != null;
        if (unless || (match != null && (present == null || !match.equals(tag(present))))) {
            exchange.sendResponseHeaders(412, -1);
            return;
        }
        objects.put(key, body);
        exchange.getResponseHeaders().set("ETag", tag(body));
        exchange.sendResponseHeaders(200, -1);
    }

    private static String tag(byte[] object) {
        try {
            byte[] md5 = MessageDigest.getInstance("MD5").digest(object);
            return "\"%032x\"".formatted(new BigInteger(1, md5));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }
}
