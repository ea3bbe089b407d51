package dev.cairn.remote;

import dev.cairn.remote.Capabilities.Support;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A server that knows neither conditional nor chunked puts. */
class SwiftContractTest extends ObjectStoreContract {
    private static final Map<String, String> CREDENTIALS =
            Map.of("aws.accessKeyId", SwiftServer.KEY, "aws.secretAccessKey", SwiftServer.SECRET);

    private static final Map<String, Optional<String>> BEFORE = new HashMap<>();

    /** What another server's tests set for this JVM comes before what is said of one store. */
    @BeforeAll
    static void setCredentials() {
        CREDENTIALS.forEach((name, value) -> BEFORE.put(name, Optional.ofNullable(System.setProperty(name, value))));
    }

    @AfterAll
    static void restoreCredentials() {
        BEFORE.forEach((name, value) ->
                value.ifPresentOrElse(known -> System.setProperty(name, known), () -> System.clearProperty(name)));
    }

    @Override
    ObjectStore open() throws IOException {
        return S3ObjectStore.open(
                SwiftServer.newBucket(), Transport.DIRECT, ProviderVariables.NONE, RequestLimits.DEFAULT);
    }

    @Override
    Capabilities expected() {
        return new Capabilities(Support.NO, true);
    }

    @Override
    boolean mayBeBusy() {
        return true;
    }
}
