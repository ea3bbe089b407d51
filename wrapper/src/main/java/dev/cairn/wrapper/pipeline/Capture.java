package dev.cairn.wrapper.pipeline;

import dev.cairn.wrapper.pipeline.Witness.Written;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a run read, and copies of the files that it wrote, safe from what the build does with them next. Closing removes these. */
final class Capture implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Capture.class);

    private final List<Written> outputs;
    private final Reading reading;

    private Capture(List<Written> outputs, Reading reading) {
        this.outputs = List.copyOf(outputs);
        this.reading = reading;
    }

    /** Returns what was read, as far as the dependency list tells. */
    Reading reading() {
        return reading;
    }

    /** Returns the files, at the paths of their copies. */
    List<Written> outputs() {
        return outputs;
    }

    @Override
    public void close() {
        for (Written output : outputs) {
            try {
                Files.deleteIfExists(Path.of(output.path()));
            } catch (IOException e) {
                LOG.debug("{} is left behind", output.path(), e);
            }
        }
    }

    /** Where copies are made. Thread-safe. */
    static final class Place {
        private final Path directory;
        private final AtomicLong numbers = new AtomicLong();
        private boolean made;

        /**
         * Makes a place.
         *
         * @param directory a directory of its own; made when it is needed
         */
        Place(Path directory) {
            this.directory = directory;
        }

        Capture capture(List<Written> outputs, Reading reading) throws IOException {
            make();
            List<Written> copies = new ArrayList<>();
            try {
                for (Written output : outputs) {
                    Path copy = directory.resolve(Long.toString(numbers.incrementAndGet()));
                    copies.add(new Written(output.role(), copy.toString(), output.size()));
                    Files.copy(Path.of(output.path()), copy);
                }
                return new Capture(copies, reading);
            } catch (IOException e) {
                new Capture(copies, reading).close();
                throw e;
            }
        }

        private synchronized void make() throws IOException {
            if (made) {
                return;
            }
            Files.createDirectories(directory);
            made = true;
        }
    }
}
