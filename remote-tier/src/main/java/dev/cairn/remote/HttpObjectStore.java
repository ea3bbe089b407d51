package dev.cairn.remote;

import dev.cairn.remote.Capabilities.Support;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import okhttp3.ConnectionPool;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/**
 * Objects on a plain HTTP server: GET, HEAD, PUT and, where it has it, DELETE below one address (nginx with WebDAV, a
 * server of a remote cache). There is no listing. Thread-safe.
 */
final class HttpObjectStore implements ObjectStore {
    private static final int IDLE_CONNECTIONS = 64;

    private final OkHttpClient client;
    private final String base;
    private final Optional<String> authorization;
    private final Support conditionalPut;

    private HttpObjectStore(OkHttpClient client, String base, Optional<String> authorization, Support conditionalPut) {
        this.client = client;
        this.base = base;
        this.authorization = authorization;
        this.conditionalPut = conditionalPut;
    }

    /** Opens the store at an address; asks it nothing yet. */
    static HttpObjectStore open(RemoteUrl url, Transport transport, HttpCredentials credentials, RequestLimits limits) {
        OkHttpClient.Builder client = new OkHttpClient.Builder()
                .connectTimeout(limits.connect())
                .readTimeout(limits.silence())
                .writeTimeout(limits.silence())
                .callTimeout(limits.whole())
                .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, 1, TimeUnit.MINUTES))
                .followSslRedirects(false)
                .proxy(transport.proxy().map(HttpProxy::proxy).orElse(Proxy.NO_PROXY));
        transport
                .proxy()
                .filter(proxy -> proxy.userInfo().isPresent())
                .ifPresent(proxy -> client.proxyAuthenticator((route, response) -> introduced(response, proxy)));
        transport.tls().ifPresent(tls -> client.sslSocketFactory(tls.context().getSocketFactory(), tls.trust()));
        Support conditional = url.option("conditional_put")
                .map(value -> value.equals("true") ? Support.YES : Support.NO)
                .orElse(Support.UNKNOWN);
        return new HttpObjectStore(client.build(), url.place() + "/", authorization(url, credentials), conditional);
    }

    private static Optional<String> authorization(RemoteUrl url, HttpCredentials credentials) {
        if (credentials.bearer().isPresent()) {
            return credentials.bearer().map(token -> "Bearer " + token);
        }
        return credentials.basic().or(url::userInfo).map(pair -> {
            String encoded = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
            return "Basic " + Secrets.register(encoded);
        });
    }

    /** What a proxy is told once when it asks who we are; nothing more when it asks again. */
    private static @Nullable Request introduced(Response response, HttpProxy proxy) {
        Request refused = response.request();
        return refused.header("Proxy-Authorization") != null
                ? null
                : refused.newBuilder()
                        .header("Proxy-Authorization", proxy.authorization())
                        .build();
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(conditionalPut, false);
    }

    @Override
    public Optional<StoredObject> get(String key) throws IOException {
        Response response = call(request(key).get().build());
        boolean handedOut = false;
        try {
            if (isAbsent(response)) {
                return Optional.empty();
            }
            if (response.code() != 200) {
                throw failure(response);
            }
            ObjectInfo info = new ObjectInfo(key, response.body().contentLength(), etag(response));
            handedOut = true;
            return Optional.of(new StoredObject(info, new Body(response)));
        } finally {
            if (!handedOut) {
                response.close();
            }
        }
    }

    @Override
    public Optional<ObjectInfo> head(String key) throws IOException {
        try (Response response = call(request(key).head().build())) {
            if (isAbsent(response)) {
                return Optional.empty();
            }
            if (!response.isSuccessful()) {
                throw failure(response);
            }
            String length =
                    Optional.ofNullable(response.header("Content-Length")).orElse("-1");
            return Optional.of(
                    new ObjectInfo(key, length.matches("\\d{1,18}") ? Long.parseLong(length) : -1, etag(response)));
        }
    }

    @Override
    public PutResult.Stored put(String key, Content content) throws IOException {
        try (Response response = call(upload(key, content).build())) {
            return stored(response);
        }
    }

    @Override
    public PutResult putIfAbsent(String key, Content content) throws IOException {
        return put(key, content, request -> request.header("If-None-Match", "*"), new PutResult.AlreadyPresent());
    }

    @Override
    public PutResult putIfMatch(String key, Content content, String etag) throws IOException {
        return put(key, content, request -> request.header("If-Match", etag), new PutResult.Conflict());
    }

    private PutResult put(
            String key, Content content, UnaryOperator<Request.Builder> condition, PutResult unlessConditionHolds)
            throws IOException {
        try (Response response = call(condition.apply(upload(key, content)).build())) {
            return response.code() == 412 ? unlessConditionHolds : stored(response);
        }
    }

    private Request.Builder upload(String key, Content content) throws IOException {
        return request(key).put(new Upload(content, content.size()));
    }

    private static PutResult.Stored stored(Response response) throws StoreException {
        if (!response.isSuccessful()) {
            throw failure(response);
        }
        return new PutResult.Stored(etag(response));
    }

    /** Not possible: HTTP has no listing. */
    @Override
    public void list(String prefix, Visitor visitor) throws IOException {
        ObjectKeys.requirePrefix(prefix);
        throw new StoreException(Failure.UNSUPPORTED, "an HTTP store cannot list its objects");
    }

    @Override
    public boolean delete(String key) throws IOException {
        try (Response response = call(request(key).delete().build())) {
            if (isAbsent(response)) {
                return false;
            }
            if (!response.isSuccessful()) {
                throw failure(response);
            }
            return true;
        }
    }

    @Override
    public void close() {
        client.dispatcher().cancelAll();
        client.connectionPool().evictAll();
        client.dispatcher().executorService().shutdown();
    }

    private Request.Builder request(String key) {
        Request.Builder request = new Request.Builder().url(base + ObjectKeys.requireKey(key));
        authorization.ifPresent(value -> request.header("Authorization", value));
        // An answer that a proxy compressed would no longer be the object.
        return request.header("Accept-Encoding", "identity");
    }

    private Response call(Request request) throws IOException {
        try {
            return client.newCall(request).execute();
        } catch (IOException e) {
            throw StoreException.of(e);
        }
    }

    private static boolean isAbsent(Response response) {
        return response.code() == 404 || response.code() == 410;
    }

    private static String etag(Response response) {
        return Optional.ofNullable(response.header("ETag")).orElse("");
    }

    private static StoreException failure(Response response) {
        // What is absent was dealt with before; to a put it says that nothing can be put there.
        return new StoreException(
                isAbsent(response) ? Failure.NO_BUCKET : Failure.ofStatus(response.code()),
                "HTTP " + response.code() + " " + response.message(),
                Optional.ofNullable(response.header("Retry-After")).flatMap(RetryAfter::parse),
                Optional.empty());
    }

    /** A content on its way out. */
    private static final class Upload extends RequestBody {
        private static final MediaType TYPE = MediaType.get("application/octet-stream");
        private final Content content;
        private final long size;

        Upload(Content content, long size) {
            this.content = content;
            this.size = size;
        }

        @Override
        public @Nullable MediaType contentType() {
            return TYPE;
        }

        @Override
        public long contentLength() {
            return size;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            try (InputStream in = content.open()) {
                OutputStream out = sink.outputStream();
                in.transferTo(out);
            }
        }
    }

    /** A content on its way in, whose failures are this store's. */
    private static final class Body extends FilterInputStream {
        private final Response response;

        Body(Response response) {
            super(response.body().byteStream());
            this.response = response;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return super.read(bytes, offset, length);
            } catch (IOException e) {
                throw StoreException.of(e);
            }
        }

        @Override
        public void close() {
            response.close();
        }
    }
}
