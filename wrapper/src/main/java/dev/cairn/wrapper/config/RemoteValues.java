package dev.cairn.wrapper.config;

import dev.cairn.remote.RemoteMode;
import dev.cairn.remote.RemoteUrl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the settings of the remote store are read and written. */
final class RemoteValues {
    private static final String NONE = "none";
    private static final String AUTO = "auto";

    /** As remote-tier has it for namespaces and scopes. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

    private static final Pattern PATIENCE_TEXT = Pattern.compile("(\\d{1,6})\\s*(ms|s)");
    private static final Duration LONGEST_PATIENCE = Duration.ofMinutes(1);

    /** Written without anything secret, so it need not read back as the same. */
    static final ValueType<Optional<RemoteUrl>> ADDRESS = new ValueType<>(
            "an address such as s3://bucket/prefix?region=eu-west-1, gs://bucket/prefix, https://host/path or"
                    + " file:///directory",
            false,
            RemoteValues::readAddress,
            value -> value.map(RemoteUrl::toString).orElse(NONE));

    static final ValueType<RemoteMode> MODE = new ValueType<>(
            "one of read-only, read-write, write-only",
            false,
            RemoteValues::readMode,
            value -> value.name().toLowerCase(Locale.ROOT).replace('_', '-'));

    static final ValueType<String> SCOPE = new ValueType<>(
            "a name of at most 63 lower-case letters, digits, - and _",
            false,
            text -> Optional.of(text).filter(name -> NAME.matcher(name).matches()),
            value -> value);

    static final ValueType<List<String>> SCOPES = new ValueType<>(
            "a list of names of lower-case letters, digits, - and _ separated by commas, or auto",
            false,
            text -> text.equalsIgnoreCase(AUTO)
                    ? Optional.of(List.of())
                    : list(text)
                            .filter(names -> names.stream()
                                    .allMatch(name -> NAME.matcher(name).matches())),
            value -> value.isEmpty() ? AUTO : String.join(",", value));

    /** A shared secret is no value: it would be seen where settings are shown. */
    static final ValueType<List<String>> KEYS = new ValueType<>(
            "a list of public keys (ed25519-public:...) and absolute paths of key files separated by commas, or none",
            false,
            text -> text.equalsIgnoreCase(NONE)
                    ? Optional.of(List.of())
                    : list(text)
                            .filter(keys -> keys.stream()
                                    .allMatch(key -> key.startsWith("ed25519-public:") || key.startsWith("/"))),
            value -> value.isEmpty() ? NONE : String.join(",", value));

    static final ValueType<Optional<String>> FILE =
            new ValueType<>("an absolute path, or none", false, RemoteValues::readFile, value -> value.orElse(NONE));

    static final ValueType<Duration> PATIENCE = new ValueType<>(
            "a time such as 500ms or 2s, at most 60s",
            false,
            RemoteValues::readPatience,
            value -> value.toMillis() % 1000 == 0 ? value.toSeconds() + "s" : value.toMillis() + "ms");

    private RemoteValues() {}

    private static Optional<Optional<RemoteUrl>> readAddress(String text) {
        if (text.equalsIgnoreCase(NONE)) {
            return Optional.of(Optional.empty());
        }
        try {
            return Optional.of(Optional.of(RemoteUrl.parse(text)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Returns what is wrong with an address, in words that hold nothing of it: a password may stand anywhere in it. */
    static String fault(String text) {
        try {
            RemoteUrl.parse(text.strip());
            return "it is not text";
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            return Line.of(message.substring(message.lastIndexOf(": ") + 2));
        }
    }

    private static Optional<Optional<String>> readFile(String text) {
        if (text.equalsIgnoreCase(NONE)) {
            return Optional.of(Optional.empty());
        }
        return text.startsWith("/") ? Optional.of(Optional.of(text)) : Optional.empty();
    }

    private static Optional<RemoteMode> readMode(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "read-only" -> Optional.of(RemoteMode.READ_ONLY);
            case "read-write" -> Optional.of(RemoteMode.READ_WRITE);
            case "write-only" -> Optional.of(RemoteMode.WRITE_ONLY);
            default -> Optional.empty();
        };
    }

    private static Optional<List<String>> list(String text) {
        List<String> parts = new ArrayList<>();
        for (String part : text.split("[,\\s]+", -1)) {
            if (!part.isBlank()) {
                parts.add(part);
            }
        }
        return parts.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(parts));
    }

    private static Optional<Duration> readPatience(String text) {
        Matcher matcher = PATIENCE_TEXT.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(matcher.group(1));
        Duration patience = "s".equals(matcher.group(2)) ? Duration.ofSeconds(number) : Duration.ofMillis(number);
        return patience.isPositive() && patience.compareTo(LONGEST_PATIENCE) <= 0
                ? Optional.of(patience)
                : Optional.empty();
    }
}
