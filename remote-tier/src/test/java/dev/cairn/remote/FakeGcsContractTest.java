package dev.cairn.remote;

import dev.cairn.remote.Capabilities.Support;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.RegisterExtension;

/** fake-gcs-server, where there is a Docker engine. */
class FakeGcsContractTest extends ObjectStoreContract {
    private static final AtomicInteger BUCKETS = new AtomicInteger();

    @RegisterExtension
    static final Docker SERVER =
            new Docker("fsouza/fake-gcs-server:1.52", 4443, "GcsContractTest", "-scheme", "http", "-backend", "memory");

    @Override
    ObjectStore open() throws IOException {
        String bucket = "bucket-" + BUCKETS.incrementAndGet();
        make(bucket);
        return GcsObjectStore.open(
                RemoteUrl.parse("gs://" + bucket + "/some/prefix?anonymous=true&endpoint=" + SERVER.address()),
                Transport.DIRECT,
                ProviderVariables.NONE,
                RequestLimits.DEFAULT);
    }

    private static void make(String bucket) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(SERVER.address() + "/storage/v1/b?project=p"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"name\": \"" + bucket + "\"}"))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            client.send(request, HttpResponse.BodyHandlers.discarding());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    Capabilities expected() {
        return new Capabilities(Support.YES, true);
    }
}
