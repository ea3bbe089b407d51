package dev.cairn.remote;

import java.util.regex.Pattern;

/** The rule for keys, one for all object stores, so that what works with one works with all. */
final class ObjectKeys {
    private static final int LONGEST = 900;
    private static final Pattern SEGMENTS =
            Pattern.compile("[A-Za-z0-9_=+@-][A-Za-z0-9._=+@-]{0,199}(?:/[A-Za-z0-9_=+@-][A-Za-z0-9._=+@-]{0,199})*");
    private static final Pattern PREFIX = Pattern.compile(SEGMENTS.pattern() + "/?");

    private ObjectKeys() {}

    /** Returns the key if it is one. */
    static String requireKey(String key) {
        if (key.length() > LONGEST || !SEGMENTS.matcher(key).matches()) {
            throw new IllegalArgumentException("not a key of an object: " + key);
        }
        return key;
    }

    /** Returns the prefix if keys can begin with it. */
    static String requirePrefix(String prefix) {
        if (!prefix.isEmpty()
                && (prefix.length() > LONGEST || !PREFIX.matcher(prefix).matches())) {
            throw new IllegalArgumentException("not the beginning of a key of an object: " + prefix);
        }
        return prefix;
    }
}
