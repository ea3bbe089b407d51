package dev.cairn.cache;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;

/**
 * Makes digests of field lists. The domain comes first and every field carries its kind and its length, so two different
 * lists, or equal lists of two kinds of key, never share a digest. Not thread-safe.
 */
public final class Hasher {
    private static final byte BYTES = 1;
    private static final byte TEXT = 2;
    private static final byte TEXTS = 3;
    private static final byte DIGEST = 4;
    private static final byte NUMBER = 5;
    private static final byte WIDE_TEXT = 6;

    private final MessageDigest sha256 = sha256();

    private Hasher(String domain) {
        put(domain);
    }

    /** Starts a digest of the given kind of key; every kind has a domain of its own. */
    public static Hasher of(String domain) {
        return new Hasher(domain);
    }

    /** Returns a plain SHA-256, as used for file contents. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Returns the SHA-256 of bytes, with no domain: the name of a blob and the identity of a content. */
    public static Digest content(byte[] bytes) {
        return Digest.read(sha256().digest(bytes), 0);
    }

    /** Appends bytes as one field. */
    public Hasher put(byte[] bytes) {
        sha256.update(BYTES);
        putBytes(bytes);
        return this;
    }

    /** Appends text as one field: in UTF-8, or in UTF-16 when it has surrogates, as UTF-8 cannot hold unpaired ones. */
    public Hasher put(String text) {
        boolean surrogates = hasSurrogates(text);
        sha256.update(surrogates ? WIDE_TEXT : TEXT);
        putBytes(text.getBytes(surrogates ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_8));
        return this;
    }

    private static boolean hasSurrogates(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    /** Appends texts as one field: their number and each of them. */
    public Hasher putAll(Collection<String> texts) {
        sha256.update(TEXTS);
        putInt(texts.size());
        texts.forEach(this::put);
        return this;
    }

    /** Appends a digest as one field. */
    public Hasher put(Digest digest) {
        sha256.update(DIGEST);
        sha256.update(digest.toBytes());
        return this;
    }

    /** Appends a number as one field. */
    public Hasher putLong(long value) {
        sha256.update(NUMBER);
        putInt((int) (value >>> 32));
        putInt((int) value);
        return this;
    }

    private void putBytes(byte[] bytes) {
        putInt(bytes.length);
        sha256.update(bytes);
    }

    private void putInt(int value) {
        sha256.update((byte) (value >>> 24));
        sha256.update((byte) (value >>> 16));
        sha256.update((byte) (value >>> 8));
        sha256.update((byte) value);
    }

    /** Returns the digest; the hasher must not be used afterwards. */
    public Digest finish() {
        return Digest.read(sha256.digest(), 0);
    }
}
