package dev.cairn.remote;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The one place where secrets are taken out of text that people may see. Whoever reads a secret registers it here; every
 * message of a store passes through {@link #redact}. What looks like a credential goes even if nobody registered it.
 * Thread-safe.
 */
final class Secrets {
    static final String REDACTED = "***";

    private static final int SHORTEST = 4;
    private static final Set<String> KNOWN = ConcurrentHashMap.newKeySet();
    private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^/@\\s]+(?=@)");
    private static final Pattern PARAMETER = Pattern.compile(
            "(?i)((?:X-Amz-(?:Signature|Credential|Security-Token)|X-Goog-(?:Signature|Credential)|access_token|token|"
                    + "secret|password|sig|signature)=)[^&\\s\"']+");
    private static final Pattern HEADER = Pattern.compile("(?i)((?:Bearer|Basic) +)[A-Za-z0-9+/=._~-]{6,}");

    private Secrets() {}

    /** Remembers a secret for the life of the process; very short ones are not kept, as they would mutilate all text. */
    static String register(String secret) {
        if (secret.length() >= SHORTEST) {
            KNOWN.add(secret);
        }
        return secret;
    }

    /** Returns the text without secrets. */
    static String redact(String text) {
        String redacted = text;
        for (String secret : KNOWN) {
            redacted = redacted.replace(secret, REDACTED);
        }
        redacted = USER_INFO.matcher(redacted).replaceAll(REDACTED);
        redacted = PARAMETER.matcher(redacted).replaceAll("$1" + REDACTED);
        return HEADER.matcher(redacted).replaceAll("$1" + REDACTED);
    }
}
