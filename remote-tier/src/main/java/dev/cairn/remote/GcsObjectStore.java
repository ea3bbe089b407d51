package dev.cairn.remote;

import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.api.gax.paging.Page;
import com.google.api.gax.retrying.RetrySettings;
import com.google.auth.http.HttpTransportFactory;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.cloud.NoCredentials;
import com.google.cloud.http.HttpTransportOptions;
import com.google.cloud.storage.Blob;
import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageException;
import com.google.cloud.storage.StorageOptions;
import dev.cairn.remote.Capabilities.Support;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URL;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Objects in a bucket of Google Cloud Storage, over its JSON protocol. The entity tag is the generation. Thread-safe. */
final class GcsObjectStore implements ObjectStore {
    /** Up to here one request sends metadata and content together. */
    private static final int ONE_REQUEST = 8 << 20;

    private static final String SCOPE = "https://www.googleapis.com/auth/devstorage.read_write";

    private final Storage storage;
    private final String bucket;
    private final KeyPrefix prefix;

    private GcsObjectStore(Storage storage, RemoteUrl url) {
        this.storage = storage;
        this.bucket = url.place();
        this.prefix = new KeyPrefix(url.prefix());
    }

    /**
     * Opens the bucket that an address names; asks it nothing yet.
     *
     * @throws StoreException when there are no credentials
     */
    static GcsObjectStore open(RemoteUrl url, Transport transport, ProviderVariables variables, RequestLimits limits)
            throws StoreException {
        HttpTransportFactory connections = connections(transport);
        StorageOptions.Builder options = StorageOptions.http()
                .setTransportOptions(HttpTransportOptions.newBuilder()
                        .setHttpTransportFactory(connections)
                        .setConnectTimeout((int) limits.connect().toMillis())
                        .setReadTimeout((int) limits.silence().toMillis())
                        .build())
                .setRetrySettings(RetrySettings.newBuilder()
                        .setMaxAttempts(1)
                        .setTotalTimeoutDuration(limits.whole())
                        .build())
                .setProjectId(url.option("project").orElse("cairn"));
        url.option("endpoint").ifPresent(options::setHost);
        options.setCredentials(
                url.flag("anonymous") ? NoCredentials.getInstance() : credentials(url, variables, connections));
        return new GcsObjectStore(options.build().getService(), url);
    }

    /** For the store, and for the service that makes tokens of credentials. */
    private static HttpTransportFactory connections(Transport transport) {
        Optional<HttpProxy> proxy = transport.proxy();
        NetHttpTransport.Builder made =
                new NetHttpTransport.Builder().setConnectionFactory(url -> connection(url, proxy));
        transport.tls().ifPresent(tls -> made.setSslSocketFactory(tls.context().getSocketFactory()));
        NetHttpTransport shared = made.build();
        return () -> shared;
    }

    private static HttpURLConnection connection(URL url, Optional<HttpProxy> proxy) throws IOException {
        if (proxy.isEmpty()) {
            return (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
        }
        HttpProxy through = proxy.get();
        HttpURLConnection connection = (HttpURLConnection) url.openConnection(through.proxy());
        if (through.userInfo().isPresent()) {
            // Java's client tells no proxy a password on the way to an https server, unless it is told to.
            System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
            connection.setAuthenticator(through.authenticator());
            if (url.getProtocol().equals("http")) {
                // A body that has gone out can't go out again when the proxy asks who we are.
                connection.setRequestProperty("Proxy-Authorization", through.authorization());
            }
        }
        return connection;
    }

    /**
     * Returns the application default credentials: those of a file (of a user, a service account, or workload identity);
     * those of the instance only on request, as asking for them hangs where there is no metadata service.
     */
    private static GoogleCredentials credentials(
            RemoteUrl url, ProviderVariables variables, HttpTransportFactory connections) throws StoreException {
        try {
            if (url.flag("instance_credentials")) {
                return GoogleCredentials.getApplicationDefault(connections).createScoped(SCOPE);
            }
            try (InputStream file = Files.newInputStream(credentialsFile(variables))) {
                return GoogleCredentials.fromStream(file, connections).createScoped(SCOPE);
            }
        } catch (IOException e) {
            throw new StoreException(
                    Failure.DENIED,
                    "no application default credentials found; set GOOGLE_APPLICATION_CREDENTIALS, or add"
                            + " instance_credentials=true on a machine of the provider's, or anonymous=true",
                    Optional.empty(),
                    Optional.of(e));
        }
    }

    private static Path credentialsFile(ProviderVariables variables) {
        Optional<String> named = variables.get("GOOGLE_APPLICATION_CREDENTIALS");
        Path configuration = variables
                .get("CLOUDSDK_CONFIG")
                .map(Path::of)
                .orElse(Path.of(System.getProperty("user.home"), ".config", "gcloud"));
        return named.map(Path::of).orElse(configuration.resolve("application_default_credentials.json"));
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(Support.YES, true);
    }

    @Override
    public Optional<StoredObject> get(String key) throws IOException {
        try {
            Blob blob = storage.get(BlobId.of(bucket, prefix.add(key)));
            if (blob == null) {
                return Optional.empty();
            }
            // The generation is named, so that the content is the one that the tag belongs to.
            InputStream content = Channels.newInputStream(storage.reader(blob.getBlobId()));
            return Optional.of(new StoredObject(info(key, blob), new Body(content)));
        } catch (StorageException e) {
            throw failure(e);
        }
    }

    @Override
    public Optional<InputStream> content(String key) throws IOException {
        // The request is made by the first read, which is also what finds out whether there is an object.
        InputStream body = new Body(Channels.newInputStream(storage.reader(BlobId.of(bucket, prefix.add(key)))));
        PushbackInputStream content = new PushbackInputStream(body);
        try {
            int first = content.read();
            if (first >= 0) {
                content.unread(first);
            }
            return Optional.of(content);
        } catch (StoreException e) {
            content.close();
            if (e.failure() == Failure.NO_BUCKET) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public Optional<ObjectInfo> head(String key) throws IOException {
        try {
            return Optional.ofNullable(storage.get(BlobId.of(bucket, prefix.add(key))))
                    .map(blob -> info(key, blob));
        } catch (StorageException e) {
            throw failure(e);
        }
    }

    private static ObjectInfo info(String key, Blob blob) {
        return new ObjectInfo(key, blob.getSize(), Long.toString(blob.getGeneration()));
    }

    @Override
    public PutResult.Stored put(String key, Content content) throws IOException {
        try {
            return new PutResult.Stored(Long.toString(create(key, content, Optional.empty())));
        } catch (StorageException e) {
            throw failure(e);
        }
    }

    @Override
    public PutResult putIfAbsent(String key, Content content) throws IOException {
        return putIfGeneration(key, content, 0, new PutResult.AlreadyPresent());
    }

    @Override
    public PutResult putIfMatch(String key, Content content, String etag) throws IOException {
        long generation;
        try {
            generation = Long.parseLong(etag);
        } catch (NumberFormatException e) {
            return new PutResult.Conflict();
        }
        return putIfGeneration(key, content, generation, new PutResult.Conflict());
    }

    private PutResult putIfGeneration(String key, Content content, long generation, PutResult otherwise)
            throws IOException {
        try {
            return new PutResult.Stored(Long.toString(create(key, content, Optional.of(generation))));
        } catch (StorageException e) {
            if (e.getCode() == 412) {
                return otherwise;
            }
            throw failure(e);
        }
    }

    private long create(String key, Content content, Optional<Long> generation) throws IOException {
        BlobInfo info = BlobInfo.newBuilder(generation
                        .map(known -> BlobId.of(bucket, prefix.add(key), known))
                        .orElse(BlobId.of(bucket, prefix.add(key))))
                .setContentType("application/octet-stream")
                .build();
        if (content.size() > ONE_REQUEST) {
            return createFrom(info, content, generation.isPresent()).getGeneration();
        }
        try (InputStream in = content.open()) {
            byte[] bytes = in.readAllBytes();
            Blob blob = generation.isPresent()
                    ? storage.create(info, bytes, Storage.BlobTargetOption.generationMatch())
                    : storage.create(info, bytes);
            return blob.getGeneration();
        }
    }

    private Blob createFrom(BlobInfo info, Content content, boolean conditional) throws IOException {
        Storage.BlobWriteOption[] options = conditional
                ? new Storage.BlobWriteOption[] {Storage.BlobWriteOption.generationMatch()}
                : new Storage.BlobWriteOption[0];
        Optional<Path> file = content.file();
        try (InputStream in = content.open()) {
            // A file goes out in one piece, a stream in several that are kept in memory.
            return file.isPresent()
                    ? storage.createFrom(info, file.get(), options)
                    : storage.createFrom(info, in, options);
        } catch (IOException e) {
            if (e.getCause() instanceof StorageException known) {
                throw known;
            }
            throw e;
        }
    }

    @Override
    public void list(String start, Visitor visitor) throws IOException {
        try {
            Page<Blob> page = storage.list(bucket, Storage.BlobListOption.prefix(prefix.addToPrefix(start)));
            while (page != null) {
                for (Blob blob : page.getValues()) {
                    if (!visitor.visit(prefix.remove(blob.getName()), blob.getSize())) {
                        return;
                    }
                }
                page = page.getNextPage();
            }
        } catch (StorageException e) {
            throw failure(e);
        }
    }

    @Override
    public boolean delete(String key) throws IOException {
        try {
            return storage.delete(BlobId.of(bucket, prefix.add(key)));
        } catch (StorageException e) {
            throw failure(e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            storage.close();
        } catch (Exception e) {
            throw new IOException("closing the client of the store", e);
        }
    }

    private static StoreException failure(StorageException e) {
        Failure failure = switch (e.getCode()) {
            case 0 -> Failure.of(e.getCause() == null ? new IOException(e) : e.getCause());
            case 404 -> Failure.NO_BUCKET;
            default -> Failure.ofStatus(e.getCode());
        };
        String answer = e.getCode() == 0 ? StoreException.describe(e) : "HTTP " + e.getCode() + ", " + e.getMessage();
        return new StoreException(failure, answer, Optional.empty(), Optional.of(e));
    }

    /** A content whose failures are this store's. */
    private static final class Body extends java.io.FilterInputStream {
        Body(InputStream content) {
            super(content);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return super.read(bytes, offset, length);
            } catch (IOException e) {
                if (e.getCause() instanceof StorageException known) {
                    throw failure(known);
                }
                throw e;
            } catch (StorageException e) {
                throw failure(e);
            }
        }
    }
}
