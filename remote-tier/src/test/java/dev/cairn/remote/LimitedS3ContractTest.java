package dev.cairn.remote;

import dev.cairn.remote.Capabilities.Support;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** A server that answers 501 to conditional puts, as several do. */
class LimitedS3ContractTest extends ObjectStoreContract {
    private final FaultProxy proxy = FaultProxy.before(S3Server.PORT);

    @Override
    ObjectStore open() throws IOException {
        proxy.set(new FaultProxy.Fault.NoConditions());
        RemoteUrl bucket = S3Server.newBucket();
        return S3ObjectStore.open(
                S3Server.bucket(bucket.place(), proxy.port(), Map.of()),
                Transport.DIRECT,
                ProviderVariables.NONE,
                RequestLimits.DEFAULT);
    }

    @Override
    Capabilities expected() {
        return new Capabilities(Support.NO, true);
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
    }
}
