package dev.cairn.remote;

import dev.cairn.remote.Capabilities.Support;
import java.io.IOException;

/** A server that knows neither conditional nor chunked puts. */
class SwiftContractTest extends ObjectStoreContract {
    @Override
    ObjectStore open() throws IOException {
        return S3ObjectStore.open(
                SwiftServer.newBucket(), Transport.DIRECT, SwiftServer.CREDENTIALS, RequestLimits.DEFAULT);
    }

    @Override
    Capabilities expected() {
        return new Capabilities(Support.NO, true);
    }
}
