package dev.cairn.remote;

import java.io.IOException;
import java.io.InputStream;

/**
 * An object that is being read. Not thread-safe.
 *
 * @param content its bytes, once
 */
public record StoredObject(ObjectInfo info, InputStream content) implements AutoCloseable {
    @Override
    public void close() throws IOException {
        content.close();
    }
}
