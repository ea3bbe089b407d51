package dev.cairn.remote;

import dev.cairn.remote.Capabilities.Support;
import java.io.IOException;

class S3ContractTest extends ObjectStoreContract {
    @Override
    ObjectStore open() throws IOException {
        return S3ObjectStore.open(
                S3Server.newBucket(), Transport.DIRECT, ProviderVariables.NONE, RequestLimits.DEFAULT);
    }

    @Override
    Capabilities expected() {
        return new Capabilities(Support.YES, true);
    }
}
