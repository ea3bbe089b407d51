package dev.cairn.remote;

import dev.cairn.cache.Digest;
import java.util.List;

/**
 * What is believed of what a store returns: anything, or only what one of some keys has signed. Immutable.
 *
 * @param keys none means that signatures are not required
 */
record Trust(List<TrustedKey> keys) {
    /** Believes everything whose digests are right. */
    static final Trust ANYONE = new Trust(List.of());

    Trust {
        keys = List.copyOf(keys);
    }

    boolean accepts(Seal seal, Digest content) {
        return keys.isEmpty() || keys.stream().anyMatch(key -> key.accepts(seal, content));
    }

    void require(Seal seal, Digest content) throws UntrustedObject {
        if (!accepts(seal, content)) {
            throw new UntrustedObject(
                    seal.kind() == SignatureKind.NONE ? "not signed" : "signed by a key that is not trusted here");
        }
    }
}
