package dev.cairn.remote;

import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key that signs what this machine uploads. Written as {@code hmac-sha256:BASE64} (at least 32 random bytes, the same
 * text signs and checks) or {@code ed25519:BASE64.BASE64} (PKCS #8 of the private key, X.509 of the public one).
 * Immutable; thread-safe; {@link #toString} shows no secret.
 */
public final class SigningKey {
    private static final int SHORTEST_SECRET = 32;

    private final SignatureKind kind;
    private final java.security.Key key;
    private final TrustedKey trusted;

    private SigningKey(SignatureKind kind, java.security.Key key, TrustedKey trusted) {
        this.kind = kind;
        this.key = key;
        this.trusted = trusted;
    }

    /**
     * Reads a key.
     *
     * @throws IllegalArgumentException with one line that does not show the key
     */
    public static SigningKey parse(String text) {
        String stripped = text.strip();
        Secrets.register(stripped);
        try {
            if (stripped.startsWith("hmac-sha256:")) {
                byte[] secret = Base64.getDecoder().decode(stripped.substring("hmac-sha256:".length()));
                if (secret.length < SHORTEST_SECRET) {
                    throw new IllegalArgumentException("a signing secret has at least 32 bytes");
                }
                TrustedKey same = TrustedKey.parse(stripped);
                return new SigningKey(SignatureKind.HMAC_SHA256, new SecretKeySpec(secret, "HmacSHA256"), same);
            }
            if (stripped.startsWith("ed25519:") && stripped.indexOf('.') > 0) {
                int dot = stripped.indexOf('.');
                byte[] encoded = Base64.getDecoder().decode(stripped.substring("ed25519:".length(), dot));
                PrivateKey key = KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded));
                TrustedKey half = TrustedKey.parse("ed25519-public:" + stripped.substring(dot + 1));
                return new SigningKey(SignatureKind.ED25519, key, half);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "not a signing key: " + e.getClass().getSimpleName());
        }
        throw new IllegalArgumentException("a signing key begins with hmac-sha256: or ed25519:");
    }

    /** Makes an Ed25519 key and returns it as text; {@link #trusted} is what readers are given. */
    public static String generate() {
        try {
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            Base64.Encoder base64 = Base64.getEncoder();
            return "ed25519:" + base64.encodeToString(pair.getPrivate().getEncoded()) + "."
                    + base64.encodeToString(pair.getPublic().getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has Ed25519", e);
        }
    }

    /** Makes a shared secret and returns it as text. */
    public static String generateSecret() {
        byte[] secret = new byte[SHORTEST_SECRET];
        new SecureRandom().nextBytes(secret);
        return "hmac-sha256:" + Base64.getEncoder().encodeToString(secret);
    }

    /** Returns what checks this key's signatures. */
    public TrustedKey trusted() {
        return trusted;
    }

    Seal sign(Digest content) {
        try {
            return Seal.of(kind, trusted.id(), signature(content.toBytes()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key that was read signs", e);
        }
    }

    private byte[] signature(byte[] content) throws GeneralSecurityException {
        if (key instanceof PrivateKey privateKey) {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(privateKey);
            signature.update(content);
            return signature.sign();
        }
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(key);
        return mac.doFinal(content);
    }

    @Override
    public String toString() {
        return "SigningKey[" + kind + ", " + Long.toHexString(trusted.id()) + "]";
    }

    /** Returns the number by which objects name a key. */
    static long id(SignatureKind kind, byte[] encoded) {
        return Hasher.of("cairn key").putLong(kind.code()).put(encoded).finish().a();
    }
}
