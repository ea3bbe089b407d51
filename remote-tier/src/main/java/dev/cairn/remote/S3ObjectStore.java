package dev.cairn.remote;

import dev.cairn.remote.Capabilities.Support;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.RequestPayer;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * Objects in a bucket of S3 or of a server that speaks its protocol. A body goes out in one piece with its MD5, not in
 * signed chunks with a trailing checksum: every server takes that, several refuse or damage the other. Thread-safe.
 */
final class S3ObjectStore implements ObjectStore {
    private final S3Client client;
    private final String bucket;
    private final KeyPrefix prefix;
    private final Support conditionalPut;
    private final Consumer<PutObjectRequest.Builder> encryption;
    private final Optional<RequestPayer> payer;

    private S3ObjectStore(S3Client client, RemoteUrl url) {
        this.client = client;
        this.bucket = url.place();
        this.prefix = new KeyPrefix(url.prefix());
        // Amazon's own service is known; of the others some ignore preconditions, some refuse them.
        Support unless = url.option("endpoint").isPresent() ? Support.UNKNOWN : Support.YES;
        this.conditionalPut = url.option("conditional_put")
                .map(value -> value.equals("true") ? Support.YES : Support.NO)
                .orElse(unless);
        this.encryption = encryption(url);
        this.payer = url.flag("requester_pays") ? Optional.of(RequestPayer.REQUESTER) : Optional.empty();
    }

    /**
     * Opens the bucket that an address names; asks it nothing yet.
     *
     * @throws StoreException when the configuration cannot work
     */
    static S3ObjectStore open(RemoteUrl url, Transport transport, ProviderVariables variables, RequestLimits limits)
            throws StoreException {
        return new S3ObjectStore(S3Clients.create(url, transport, variables, limits), url);
    }

    private static Consumer<PutObjectRequest.Builder> encryption(RemoteUrl url) {
        Optional<String> kind = url.option("sse");
        Optional<String> key = url.option("kms_key");
        return put -> {
            kind.ifPresent(name -> put.serverSideEncryption(ServerSideEncryption.fromValue(name)));
            key.ifPresent(put::ssekmsKeyId);
        };
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(conditionalPut, true);
    }

    @Override
    public Optional<StoredObject> get(String key) throws IOException {
        String full = prefix.add(key);
        return found(() -> {
            ResponseInputStream<GetObjectResponse> body = client.getObject(get -> {
                get.bucket(bucket).key(full);
                payer.ifPresent(get::requestPayer);
            });
            ObjectInfo info = new ObjectInfo(
                    key, body.response().contentLength(), body.response().eTag());
            return new StoredObject(info, new Body(body));
        });
    }

    @Override
    public Optional<ObjectInfo> head(String key) throws IOException {
        String full = prefix.add(key);
        return found(() -> {
            HeadObjectResponse head = client.headObject(request -> {
                request.bucket(bucket).key(full);
                payer.ifPresent(request::requestPayer);
            });
            return new ObjectInfo(key, head.contentLength(), head.eTag());
        });
    }

    @Override
    public PutResult.Stored put(String key, Content content) throws IOException {
        try {
            return put(key, content, unconditional -> {});
        } catch (SdkException e) {
            throw failure(e);
        }
    }

    @Override
    public PutResult putIfAbsent(String key, Content content) throws IOException {
        try {
            return put(key, content, put -> put.ifNoneMatch("*"));
        } catch (AwsServiceException e) {
            if (e.statusCode() == 412) {
                return new PutResult.AlreadyPresent();
            }
            throw failure(e);
        } catch (SdkException e) {
            throw failure(e);
        }
    }

    @Override
    public PutResult putIfMatch(String key, Content content, String etag) throws IOException {
        try {
            return put(key, content, put -> put.ifMatch(etag));
        } catch (NoSuchBucketException e) {
            throw failure(e);
        } catch (AwsServiceException e) {
            if (e.statusCode() == 412 || e.statusCode() == 409 || e.statusCode() == 404) {
                return new PutResult.Conflict();
            }
            throw failure(e);
        } catch (SdkException e) {
            throw failure(e);
        }
    }

    private PutResult.Stored put(String key, Content content, Consumer<PutObjectRequest.Builder> condition)
            throws IOException {
        PutObjectRequest.Builder put = PutObjectRequest.builder()
                .bucket(bucket)
                .key(prefix.add(key))
                .contentLength(content.size())
                .contentMD5(md5(content));
        payer.ifPresent(put::requestPayer);
        encryption.accept(put);
        condition.accept(put);
        RequestBody body = RequestBody.fromContentProvider(
                ContentStreamProvider.fromInputStreamSupplier(() -> openUnchecked(content)),
                content.size(),
                "application/octet-stream");
        return new PutResult.Stored(client.putObject(put.build(), body).eTag());
    }

    private static InputStream openUnchecked(Content content) {
        try {
            return content.open();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String md5(Content content) throws IOException {
        try (InputStream in = content.open()) {
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            byte[] buffer = new byte[64 << 10];
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                md5.update(buffer, 0, length);
            }
            return Base64.getEncoder().encodeToString(md5.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }

    @Override
    public void list(String start, Visitor visitor) throws IOException {
        String full = prefix.addToPrefix(start);
        String next = null;
        do {
            String token = next;
            ListObjectsV2Response page;
            try {
                page = client.listObjectsV2(list -> {
                    list.bucket(bucket).prefix(full).continuationToken(token);
                    payer.ifPresent(list::requestPayer);
                });
            } catch (SdkException e) {
                throw failure(e);
            }
            for (var object : page.contents()) {
                if (!visitor.visit(prefix.remove(object.key()), object.size())) {
                    return;
                }
            }
            next = Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
        } while (next != null);
    }

    @Override
    public boolean delete(String key) throws IOException {
        // The protocol does not say whether there was an object.
        boolean present = head(key).isPresent();
        try {
            client.deleteObject(delete -> {
                delete.bucket(bucket).key(prefix.add(key));
                payer.ifPresent(delete::requestPayer);
            });
            return present;
        } catch (SdkException e) {
            throw failure(e);
        }
    }

    @Override
    public void close() {
        client.close();
    }

    /** A question about one object. */
    @FunctionalInterface
    private interface Question<T> {
        T ask();
    }

    private static <T> Optional<T> found(Question<T> question) throws IOException {
        try {
            return Optional.of(question.ask());
        } catch (NoSuchBucketException e) {
            throw failure(e);
        } catch (S3Exception e) {
            if (e.statusCode() == 404) {
                return Optional.empty();
            }
            throw failure(e);
        } catch (SdkException e) {
            throw failure(e);
        }
    }

    private static StoreException failure(SdkException e) {
        if (e instanceof AwsServiceException answer && answer.statusCode() > 0) {
            // Who asks for an object has dealt with 404; to a put it can only say that there is no bucket.
            boolean nowhere = e instanceof NoSuchBucketException || answer.statusCode() == 404;
            Failure failure = nowhere ? Failure.NO_BUCKET : Failure.ofStatus(answer.statusCode());
            // 409: another write of this key is under way; the answer to either is not decided yet.
            failure = answer.statusCode() == 409 ? Failure.SERVER : failure;
            var details = Optional.ofNullable(answer.awsErrorDetails());
            String code = details.map(known -> known.errorCode() + ": " + known.errorMessage())
                    .orElse("no explanation");
            Optional<Duration> retryAfter = details.map(known -> known.sdkHttpResponse())
                    .flatMap(response -> response.firstMatchingHeader("Retry-After"))
                    .flatMap(RetryAfter::parse);
            return new StoreException(failure, "HTTP " + answer.statusCode() + ", " + code, retryAfter, Optional.of(e));
        }
        if (e.getMessage() != null && e.getMessage().contains("Unable to load credentials")) {
            return new StoreException(
                    Failure.DENIED,
                    "no credentials found; set them for the provider's standard chain, or anonymous=true",
                    Optional.empty(),
                    Optional.of(e));
        }
        boolean timeout = e instanceof software.amazon.awssdk.core.exception.ApiCallTimeoutException
                || e instanceof software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException
                || e instanceof software.amazon.awssdk.core.exception.AbortedException;
        Failure failure = timeout ? Failure.TIMEOUT : ofClient(e);
        return new StoreException(failure, StoreException.describe(e), Optional.empty(), Optional.of(e));
    }

    private static Failure ofClient(SdkException e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException broken) {
                return Failure.of(broken);
            }
        }
        return Failure.UNREACHABLE;
    }

    /** A body that is not read to its end is given up, so that closing it does not read the rest. */
    private static final class Body extends FilterInputStream {
        private final ResponseInputStream<GetObjectResponse> response;
        private boolean ended;

        Body(ResponseInputStream<GetObjectResponse> response) {
            super(response);
            this.response = response;
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            ended |= read < 0;
            return read;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            ended |= read < 0;
            return read;
        }

        @Override
        public void close() throws IOException {
            if (!ended) {
                response.abort();
            }
            super.close();
        }
    }
}
