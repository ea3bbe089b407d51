package dev.cairn.remote;

import dev.cairn.remote.Capabilities.Support;
import java.io.IOException;

class HttpContractTest extends ObjectStoreContract {
    @Override
    ObjectStore open() throws IOException {
        return HttpObjectStore.open(
                NginxServer.newArea(), Transport.DIRECT, HttpCredentials.NONE, RequestLimits.DEFAULT);
    }

    @Override
    Capabilities expected() {
        return new Capabilities(Support.NO, false);
    }
}
