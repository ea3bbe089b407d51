package dev.cairn.remote;

import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where objects are: {@code <namespace>/v1/<scope>/<2 hex>/<hex>.a} for an artifact, {@code .m} for a manifest. The
 * digest comes right after what is the same for all, so that a store can spread its load over it. No key is a folder of
 * another. Immutable.
 */
record Layout(String namespace, String scope) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");
    private static final Pattern MANIFEST = Pattern.compile("/([0-9a-f]{64})\\.m$");

    Layout {
        requireName("namespace", namespace);
        requireName("scope", scope);
    }

    static String requireName(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "bad " + what + " '" + name + "': lower-case letters, digits, - and _, at most 63 of them");
        }
        return name;
    }

    String artifact(Digest key) {
        return hashed(key) + ".a";
    }

    String manifest(Digest context) {
        return hashed(context) + ".m";
    }

    /** What the journal of a manifest's entries begins with, on stores without conditional puts. */
    String journal(Digest context) {
        return hashed(context) + ".j/";
    }

    String journal(Digest context, Digest entry) {
        return journal(context) + entry.hex();
    }

    /** What a build used. */
    String session(Digest name) {
        return hashed(name) + ".s";
    }

    String pack(Digest content) {
        return hashed(content) + ".p";
    }

    /** The set of the contexts that have a manifest. */
    String contexts() {
        return hashed(contextsName()) + ".c";
    }

    /** What that set is about. */
    Digest contextsName() {
        return Hasher.of("cairn contexts").put(place()).finish();
    }

    /** Returns the context whose manifest an object is, if it is one. */
    Optional<Digest> contextOf(String key) {
        Matcher manifest = MANIFEST.matcher(key);
        Optional<Digest> context = manifest.find() ? Optional.of(Digest.parse(manifest.group(1))) : Optional.empty();
        return context.filter(found -> manifest(found).equals(key));
    }

    /** What the keys of all objects begin with. */
    String everything() {
        return namespace + "/v1/" + scope + "/";
    }

    /** An object to try out preconditions with. */
    String probe() {
        return everything() + "probe";
    }

    /** What signatures name, so that nothing signed for one place counts in another. */
    String place() {
        return namespace + "/" + scope;
    }

    private String hashed(Digest digest) {
        String hex = digest.hex();
        return everything() + hex.substring(0, 2) + "/" + hex;
    }
}
