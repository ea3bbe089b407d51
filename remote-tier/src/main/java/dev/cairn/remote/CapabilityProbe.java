package dev.cairn.remote;

import dev.cairn.remote.Capabilities.Support;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Finds out whether a store honours preconditions of puts. Some servers refuse them, which is plain; others ignore them,
 * so that two writers would undo each other's work without anyone noticing: those are found by puts that must not
 * succeed. Uses one fixed object inside the prefix.
 */
final class CapabilityProbe {
    private CapabilityProbe() {}

    /**
     * Returns what the store can do.
     *
     * @param key of the object to try with
     * @throws IOException when the store cannot be reached or does not let us write
     */
    static Capabilities of(ObjectStore store, String key) throws IOException {
        Capabilities known = store.capabilities();
        if (known.conditionalPut() != Support.UNKNOWN) {
            return known;
        }
        return new Capabilities(honoursConditions(store, key) ? Support.YES : Support.NO, known.list());
    }

    private static boolean honoursConditions(ObjectStore store, String key) throws IOException {
        try {
            store.putIfAbsent(key, content());
            if (!(store.putIfAbsent(key, content()) instanceof PutResult.AlreadyPresent)) {
                return false;
            }
            String never = "\"" + "0".repeat(32) + "\"";
            if (!(store.putIfMatch(key, content(), never) instanceof PutResult.Conflict)) {
                return false;
            }
            String current = store.head(key).map(ObjectInfo::etag).orElse("");
            // A conflict here is another machine that probes at the same time; without a tag nothing can be replaced.
            store.putIfMatch(key, content(), current.isEmpty() ? never : current);
            return !current.isEmpty();
        } catch (StoreException e) {
            if (e.failure() == Failure.UNSUPPORTED || e.failure() == Failure.REFUSED) {
                return false;
            }
            throw e;
        }
    }

    private static Content content() {
        return Content.of(("probe " + UUID.randomUUID() + "\n").getBytes(StandardCharsets.US_ASCII));
    }
}
