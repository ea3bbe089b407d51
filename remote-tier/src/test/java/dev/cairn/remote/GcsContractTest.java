package dev.cairn.remote;

import dev.cairn.remote.Capabilities.Support;
import java.io.IOException;

class GcsContractTest extends ObjectStoreContract {
    @Override
    ObjectStore open() throws IOException {
        return GcsObjectStore.open(
                GcsServer.newBucket(), Transport.DIRECT, ProviderVariables.NONE, RequestLimits.DEFAULT);
    }

    @Override
    Capabilities expected() {
        return new Capabilities(Support.YES, true);
    }
}
