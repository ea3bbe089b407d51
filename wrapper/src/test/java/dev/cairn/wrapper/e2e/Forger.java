package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.CacheUnavailable;
import dev.cairn.cache.Digest;
import dev.cairn.cache.FileStates;
import dev.cairn.cache.LocalCache;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.cache.SharedEntry;
import dev.cairn.remote.RemoteSettings;
import dev.cairn.remote.RemoteTier;
import dev.cairn.remote.RemoteUrl;
import dev.cairn.remote.SessionName;
import dev.cairn.remote.SessionRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Someone who may write to a store, and writes what no compilation made. What is uploaded comes from its cache. */
final class Forger implements AutoCloseable {
    /** The branch whose record it leaves. */
    static final String BRANCH = "hostile";

    final ArtifactCache cache;
    final RemoteTier tier;

    /** @param directory of the cache; no daemon may use it meanwhile */
    Forger(Sandbox box, Path directory, RemoteServer server) throws IOException, CacheUnavailable {
        cache = LocalCache.open(directory, 1L << 30, FileStates::signatureOf);
        Path scratch = Files.createDirectories(box.root.resolve("forger"));
        tier = RemoteTier.open(RemoteSettings.of(RemoteUrl.parse(server.address()), scratch), cache);
    }

    /** Returns the context key of the last compilation of an output of the work directory. */
    static Digest context(Sandbox box, String output) {
        return Digest.parse(box.explain(output).path("context_key").asString(""));
    }

    /** Returns an entry that would hold whatever the project's header says. */
    static ManifestEntry withoutHeader(ManifestEntry honest) {
        List<ManifestEntry.Input> kept = new ArrayList<>();
        List<String> present = new ArrayList<>(honest.present());
        for (ManifestEntry.Input input : honest.inputs()) {
            if (input.path().endsWith("/h.h")) {
                present.add(input.path());
            } else {
                kept.add(input);
            }
        }
        assertThat(kept).hasSize(honest.inputs().size() - 1);
        return new ManifestEntry(
                kept,
                honest.searched(),
                present,
                honest.probed(),
                honest.conditions(),
                honest.bound(),
                honest.artifact());
    }

    /** Leaves a record of one use. */
    void record(Digest context, ManifestEntry entry) {
        SessionName name = new SessionName("project", BRANCH, "default " + System.getProperty("os.arch"));
        SessionRecord.Use use = new SessionRecord.Use(context, entry.artifact());
        assertThat(tier.record(name, List.of(use), any -> Optional.of(SharedEntry.encode(entry))))
                .isEmpty();
    }

    @Override
    public void close() {
        tier.close();
        cache.close();
    }
}
