package dev.cairn.remote;

import dev.cairn.cache.Digest;
import dev.cairn.remote.Capabilities.Support;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads manifests and adds entries to them without losing anyone else's.
 *
 * <p>With conditional puts: read, merge, replace what was read, and again when another was faster. Without: every entry
 * is first an object of its own in the manifest's journal, which nobody overwrites; then the manifest is made of what it
 * was, the journal and the entry. Two writers at once may then overwrite each other's manifest, so each looks at it once
 * more a little later and puts back what is missing; what is lost all the same comes back from the journal with the next
 * entry. A store that cannot even list has no journal. Readers read one object in every case. Thread-safe.
 */
final class ManifestStore {
    private static final int ATTEMPTS = 12;

    private static final int MOST_OF_A_JOURNAL = 4 * FormatLimits.ENTRIES;

    private ManifestStore() {}

    /** A manifest, the tag of the object it came from, if there is one, and whether nothing of that could be used. */
    private record Present(ManifestObject manifest, Optional<String> etag, boolean damaged) {}

    /**
     * Returns a manifest, or empty.
     *
     * @param firstByte called when the store has begun to answer
     */
    static Optional<ManifestObject> read(ObjectStore store, Layout layout, Digest context, Runnable firstByte)
            throws IOException {
        Optional<InputStream> found = store.content(layout.manifest(context));
        firstByte.run();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream content = found.get()) {
            return Optional.of(decode(context, content));
        }
    }

    private static ManifestObject decode(Digest context, InputStream content) throws IOException {
        return ManifestObject.decode(context, content.readNBytes(FormatLimits.MANIFEST + 1));
    }

    /** Adds entries of one context. */
    static void add(
            ObjectStore store, Capabilities capabilities, Layout layout, Digest context, List<SealedEntry> entries)
            throws IOException {
        List<SealedEntry> wanted = new ArrayList<>(entries);
        boolean conditional = capabilities.conditionalPut() == Support.YES;
        if (!conditional && capabilities.list()) {
            for (SealedEntry entry : entries) {
                byte[] alone = new ManifestObject(context, List.of(entry)).encode();
                store.put(layout.journal(context, entry.identity()), Content.of(alone));
            }
            wanted.addAll(journal(store, layout, context));
        }
        // What was only found out by trying may hold for one request after another, and not for two at once.
        boolean trusted = store.capabilities().conditionalPut() == Support.YES;
        boolean damaged = false;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Present present = present(store, layout, context);
            damaged = present.damaged();
            if (present.manifest().containsAll(entries)) {
                return;
            }
            ManifestObject merged = present.manifest().with(wanted).with(entries);
            boolean stored = replace(store, conditional, layout.manifest(context), present, merged);
            if (stored && trusted) {
                return;
            }
            if (stored) {
                // Another may have read before this and written after it; what is missing then is put back.
                Contention.settle();
            } else {
                Contention.lost(attempt);
            }
        }
        if (conditional) {
            throw new StoreException(
                    Failure.SERVER,
                    damaged
                            ? "manifests that are read are not what was written"
                            : "a manifest is being written by too many at once");
        }
    }

    private static boolean replace(
            ObjectStore store, boolean conditional, String key, Present present, ManifestObject merged)
            throws IOException {
        Content content = Content.of(merged.encode());
        if (!conditional) {
            store.put(key, content);
            return true;
        }
        PutResult result = present.etag().isPresent()
                ? store.putIfMatch(key, content, present.etag().get())
                : store.putIfAbsent(key, content);
        return result instanceof PutResult.Stored;
    }

    private static List<SealedEntry> journal(ObjectStore store, Layout layout, Digest context) throws IOException {
        List<String> keys = new ArrayList<>();
        store.list(layout.journal(context), (key, size) -> {
            keys.add(key);
            return keys.size() < MOST_OF_A_JOURNAL;
        });
        List<SealedEntry> entries = new ArrayList<>();
        for (String key : keys) {
            Optional<StoredObject> found = store.get(key);
            if (found.isPresent()) {
                try (StoredObject object = found.get()) {
                    entries.addAll(decode(context, object.content()).entries());
                } catch (DamagedObject e) {
                    // whatever it was, it is no entry
                }
            }
        }
        return entries;
    }

    /** A damaged manifest counts as an empty one, which the next write replaces. */
    private static Present present(ObjectStore store, Layout layout, Digest context) throws IOException {
        ManifestObject empty = new ManifestObject(context, List.of());
        Optional<StoredObject> found = store.get(layout.manifest(context));
        if (found.isEmpty()) {
            return new Present(empty, Optional.empty(), false);
        }
        try (StoredObject object = found.get()) {
            Optional<String> etag = Optional.of(object.info().etag());
            try {
                return new Present(decode(context, object.content()), etag, false);
            } catch (DamagedObject e) {
                return new Present(empty, etag, true);
            }
        }
    }
}
