package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Digest;
import dev.cairn.cache.FileStates;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.cache.WatchedFile;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads the headers that what a warm-up brings rests on, so that the first compilations need not: all of them are digested and
 * scanned once on each machine. Nothing is concluded from them here; each is looked at again by whoever asks. Thread-safe.
 */
final class Preparation {
    private static final int MOST = 20_000;

    private final FileStates files;
    private final Scans scans;

    Preparation(FileStates files, Scans scans) {
        this.files = files;
        this.scans = scans;
    }

    /** Begins one warm-up's. */
    Once begin() {
        return new Once();
    }

    /** That of one warm-up, which looks at each file once. Thread-safe. */
    final class Once {
        private final Set<String> seen = ConcurrentHashMap.newKeySet();

        /** Reads those headers of an entry that have the same name in every checkout. */
        void of(ManifestEntry entry) {
            for (ManifestEntry.Input input : entry.inputs()) {
                if (seen.size() < MOST && Claims.isPlainFile(input.path()) && seen.add(input.path())) {
                    read(files.at(input.path()), input.content());
                }
            }
        }

        private void read(WatchedFile file, Digest content) {
            if (!Scans.isPrecompiled(file.path()) && file.has(content)) {
                scans.of(file, content);
            }
        }
    }
}
