package dev.cairn.remote;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Bytes that are to be stored; they may be read more than once, as puts are retried. */
public interface Content {
    /** Returns the number of bytes. */
    long size() throws IOException;

    /** Opens the bytes from their beginning; the caller closes the stream. */
    InputStream open() throws IOException;

    /** Returns the file that holds the bytes, if there is one. */
    default Optional<Path> file() {
        return Optional.empty();
    }

    /** Returns bytes in memory as content; the array must not change. */
    static Content of(byte[] bytes) {
        return new Content() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes);
            }
        };
    }

    /** Returns the bytes of a file as content; the file must not change. */
    static Content of(Path file) {
        return new Content() {
            @Override
            public long size() throws IOException {
                return Files.size(file);
            }

            @Override
            public InputStream open() throws IOException {
                return Files.newInputStream(file);
            }

            @Override
            public Optional<Path> file() {
                return Optional.of(file);
            }
        };
    }
}
