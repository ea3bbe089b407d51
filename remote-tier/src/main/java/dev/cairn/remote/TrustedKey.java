package dev.cairn.remote;

import dev.cairn.cache.Digest;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key whose signatures are believed: {@code ed25519-public:BASE64} (X.509), or the {@code hmac-sha256:} text of the
 * signer. Immutable; thread-safe; {@link #toString} shows no secret.
 */
public final class TrustedKey {
    private final SignatureKind kind;
    private final java.security.Key key;
    private final long id;
    private final String text;

    private TrustedKey(SignatureKind kind, java.security.Key key, String text) {
        this.kind = kind;
        this.key = key;
        this.id = SigningKey.id(kind, key.getEncoded());
        this.text = text;
    }

    /**
     * Reads a key.
     *
     * @throws IllegalArgumentException with one line that does not show the key
     */
    public static TrustedKey parse(String text) {
        String stripped = text.strip();
        try {
            if (stripped.startsWith("hmac-sha256:")) {
                Secrets.register(stripped);
                byte[] secret = Base64.getDecoder().decode(stripped.substring("hmac-sha256:".length()));
                return new TrustedKey(SignatureKind.HMAC_SHA256, new SecretKeySpec(secret, "HmacSHA256"), stripped);
            }
            if (stripped.startsWith("ed25519-public:")) {
                byte[] encoded = Base64.getDecoder().decode(stripped.substring("ed25519-public:".length()));
                PublicKey key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
                return new TrustedKey(SignatureKind.ED25519, key, stripped);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "not a trusted key: " + e.getClass().getSimpleName());
        }
        throw new IllegalArgumentException("a trusted key begins with ed25519-public: or hmac-sha256:");
    }

    long id() {
        return id;
    }

    /** Returns the text that {@link #parse} reads; a secret, for a shared one. */
    public String text() {
        return text;
    }

    boolean accepts(Seal seal, Digest content) {
        if (seal.kind() != kind || seal.keyId() != id) {
            return false;
        }
        try {
            if (key instanceof PublicKey publicKey) {
                Signature signature = Signature.getInstance("Ed25519");
                signature.initVerify(publicKey);
                signature.update(content.toBytes());
                return signature.verify(seal.value());
            }
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return MessageDigest.isEqual(mac.doFinal(content.toBytes()), seal.value());
        } catch (GeneralSecurityException e) {
            // a signature that is none
            return false;
        }
    }

    @Override
    public String toString() {
        return "TrustedKey[" + kind + ", " + Long.toHexString(id) + "]";
    }
}
