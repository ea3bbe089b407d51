package dev.cairn.wrapper.daemon;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a daemon that was killed had on its way in the run directory: copies of outputs that were to be stored, and what came from
 * or went to a remote.
 */
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
    private static final String TAKEN = "taken";
    private static final String REMOTE = "remote-";

    private Leftovers() {}

    /** Returns the directory for copies of outputs; need not exist. */
    static Path taken(Path run) {
        return run.resolve(TAKEN);
    }

    /** Returns the directory of a remote; need not exist. */
    static Path remote(Path run, int number) {
        return run.resolve(REMOTE + number);
    }

    /** Deletes it all; to be called by whoever has the cache open, before anything new can be there. */
    static void delete(Path run) {
        for (File directory : children(run.toFile())) {
            if (directory.getName().equals(TAKEN) || directory.getName().startsWith(REMOTE)) {
                deleteTree(directory);
            }
        }
    }

    private static void deleteTree(File tree) {
        if (!Files.isSymbolicLink(tree.toPath())) {
            for (File child : children(tree)) {
                deleteTree(child);
            }
        }
        if (!tree.delete()) {
            LOG.debug("{} is left behind", tree);
        }
    }

    /** A file has none. */
    private static File[] children(File directory) {
        File[] children = directory.listFiles();
        return children == null ? new File[0] : children;
    }
}
