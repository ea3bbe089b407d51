package dev.cairn.remote;

import dev.cairn.remote.Capabilities.Support;
import java.io.IOException;

class DirectoryContractTest extends ObjectStoreContract {
    @Override
    ObjectStore open() throws IOException {
        return DirectoryObjectStore.open(temporary.resolve("store"));
    }

    @Override
    Capabilities expected() {
        return new Capabilities(Support.YES, true);
    }
}
