package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Digest;
import dev.cairn.cache.FileSignature;
import dev.cairn.cache.FileStates;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.cache.WatchedFile;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads the headers that what a warm-up brings rests on, so that the first compilations need not: all of them are digested and
 * scanned once on each machine. Nothing is concluded from them here; each is looked at again by whoever asks. Their names come
 * from a store, so what is read is bounded. Thread-safe.
 */
final class Preparation {
    private static final int MOST_FILES = 20_000;
    private static final long MOST_BYTES = 256 << 20;
    private static final long LARGEST = 8 << 20;

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
        private final AtomicLong bytes = new AtomicLong();

        /** Reads those headers of an entry that have the same name in every checkout. */
        void of(ManifestEntry entry) {
            for (ManifestEntry.Input input : entry.inputs()) {
                if (seen.size() < MOST_FILES && Claims.isPlainFile(input.path()) && seen.add(input.path())) {
                    read(files.at(input.path()), input.content());
                }
            }
        }

        private void read(WatchedFile file, Digest content) {
            if (!Scans.isPrecompiled(file.path()) && isBounded(file) && file.has(content)) {
                scans.of(file, content);
            }
        }

        private boolean isBounded(WatchedFile file) {
            long size = file.signature()
                    .filter(FileSignature::isRegular)
                    .map(FileSignature::size)
                    .orElse(Long.MAX_VALUE);
            return size <= LARGEST && bytes.addAndGet(size) <= MOST_BYTES;
        }
    }
}
