package dev.cairn.remote;

import static org.awaitility.Awaitility.await;

import dev.cairn.cache.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Looks at every object of a store with the readers that machines use: whatever is visible is whole. What never changes under
 * its name is read once.
 */
public final class StoreInspection {
    private static final int HEX = 2 * Digest.LENGTH;

    private final RemoteUrl url;
    private final ProviderVariables variables;
    private final Path scratch;
    private final Set<String> whole = new HashSet<>();

    /**
     * Makes an inspection.
     *
     * @param environment with the credentials
     * @param scratch to unpack into
     */
    public StoreInspection(String address, Map<String, String> environment, Path scratch) {
        this.url = RemoteUrl.parse(address);
        this.variables = ProviderVariables.of(environment);
        this.scratch = scratch;
    }

    /**
     * Reads all objects.
     *
     * @return how many there are of each kind, by the letter that their names end with
     * @throws IOException when one is not what its name says
     */
    public Map<String, Integer> requireWhole() throws IOException {
        Map<String, Integer> kinds = new HashMap<>();
        try (ObjectStore store = ObjectStores.open(url, HttpCredentials.NONE, variables, RequestLimits.DEFAULT)) {
            store.list("", (key, size) -> {
                if (!key.endsWith("/probe")) {
                    kinds.merge(requireWhole(store, key), 1, Integer::sum);
                }
                return true;
            });
        }
        return kinds;
    }

    private String requireWhole(ObjectStore store, String key) throws IOException {
        String[] parts = key.split("/", -1);
        int named = 4; // namespace, version, scope, two digits
        Digest digest = Digest.parse(parts[named].substring(0, HEX));
        String kind = parts[named].substring(HEX + 1);
        if (whole.contains(key)) {
            return kind;
        }
        String place = new Layout(parts[0], parts[2]).place();
        try (StoredObject object = object(store, key)) {
            switch (kind) {
                case "a" ->
                    new BundleReader(place, Trust.ANYONE, FormatLimits.DEFAULT)
                            .read(digest, object.content(), scratch)
                            .close();
                case "p" -> Pack.decode(digest, object.content().readAllBytes());
                case "s" ->
                    SessionRecord.decode(
                            digest, place, Trust.ANYONE, object.content().readAllBytes());
                case "c" -> ContextSet.decode(digest, object.content().readAllBytes());
                case "m", "j" -> ManifestObject.decode(digest, object.content().readAllBytes());
                default -> throw new IOException("not an object of Cairn: " + key);
            }
        } catch (DamagedObject | UntrustedObject e) {
            throw new IOException(key, e);
        }
        if (kind.equals("a") || kind.equals("p")) {
            whole.add(key);
        }
        return kind;
    }

    /** Servers of tests take away what they are about to replace, for a moment. */
    private static StoredObject object(ObjectStore store, String key) throws IOException {
        Optional<StoredObject> found = store.get(key);
        return found.isPresent()
                ? found.get()
                : await(key).until(() -> store.get(key), Optional::isPresent).orElseThrow();
    }

    /** Reads all again next time, also what never changes. */
    public void forget() {
        whole.clear();
    }
}
