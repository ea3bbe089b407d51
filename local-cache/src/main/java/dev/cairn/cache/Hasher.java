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

    private static final int BUFFER = 1024;

    private final MessageDigest sha256 = sha256();

    /** What is still to be digested: fields are short, and a digest is slow to be begun with each of their bytes. */
    private final byte[] buffer = new byte[BUFFER];

    private int buffered;

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
        putField(BYTES, bytes);
        return this;
    }

    /** Appends text as one field: in UTF-8, or in UTF-16 when it has surrogates, as UTF-8 cannot hold unpaired ones. */
    public Hasher put(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (!isAscii(text, bytes) && hasSurrogates(text)) {
            putField(WIDE_TEXT, text.getBytes(StandardCharsets.UTF_16BE));
        } else {
            putField(TEXT, bytes);
        }
        return this;
    }

    /** Most are, and that is found out without a look at each character. */
    private static boolean isAscii(String text, byte[] bytes) {
        return bytes.length == text.length() && new String(bytes, StandardCharsets.ISO_8859_1).equals(text);
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
        putByte(TEXTS);
        putInt(texts.size());
        texts.forEach(this::put);
        return this;
    }

    /** Appends a digest as one field. */
    public Hasher put(Digest digest) {
        putByte(DIGEST);
        putBytes(digest.toBytes());
        return this;
    }

    /** Appends a number as one field. */
    public Hasher putLong(long value) {
        putByte(NUMBER);
        putInt((int) (value >>> 32));
        putInt((int) value);
        return this;
    }

    private void putField(byte kind, byte[] bytes) {
        putByte(kind);
        putInt(bytes.length);
        putBytes(bytes);
    }

    private void putBytes(byte[] bytes) {
        if (bytes.length > BUFFER) {
            flush();
            sha256.update(bytes);
            return;
        }
        makeRoom(bytes.length);
        System.arraycopy(bytes, 0, buffer, buffered, bytes.length);
        buffered += bytes.length;
    }

    private void putInt(int value) {
        makeRoom(Integer.BYTES);
        buffer[buffered++] = (byte) (value >>> 24);
        buffer[buffered++] = (byte) (value >>> 16);
        buffer[buffered++] = (byte) (value >>> 8);
        buffer[buffered++] = (byte) value;
    }

    private void putByte(byte value) {
        makeRoom(1);
        buffer[buffered++] = value;
    }

    private void makeRoom(int bytes) {
        if (buffered + bytes > BUFFER) {
            flush();
        }
    }

    private void flush() {
        sha256.update(buffer, 0, buffered);
        buffered = 0;
    }

    /** Returns the digest; the hasher must not be used afterwards. */
    public Digest finish() {
        flush();
        return Digest.read(sha256.digest(), 0);
    }
}
