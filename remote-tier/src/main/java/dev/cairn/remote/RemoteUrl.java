package dev.cairn.remote;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The address of a remote tier, as {@code CAIRN_REMOTE} gives it. Immutable; {@link #toString} holds no secret.
 *
 * @param kind which kind of store
 * @param place bucket, directory, or address without credentials, query and trailing slash
 * @param prefix what all keys begin with: empty, or segments without a slash at either end
 * @param options what the query says, by name; only names that the kind has
 * @param userInfo user and password of an HTTP address, as written
 */
public record RemoteUrl(
        Kind kind, String place, String prefix, Map<String, String> options, Optional<String> userInfo) {
    private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,220}[A-Za-z0-9]");

    /** Kinds of stores. */
    public enum Kind {
        S3(
                "endpoint region path_style anonymous instance_credentials profile sse kms_key requester_pays conditional_put ca"),
        GCS("endpoint project anonymous instance_credentials ca"),
        HTTP("ca conditional_put"),
        DIRECTORY("");

        private final String options;

        Kind(String options) {
            this.options = options;
        }

        private Set<String> options() {
            return options.isEmpty() ? Set.of() : Set.of(options.split(" "));
        }
    }

    public RemoteUrl {
        options = Map.copyOf(options);
    }

    /**
     * Reads an address: {@code s3://bucket/prefix?endpoint=...&region=...}, {@code gs://bucket/prefix},
     * {@code https://host/path}, {@code file:///directory}.
     *
     * @throws IllegalArgumentException with one line that says what is wrong; it holds no secret
     */
    public static RemoteUrl parse(String text) {
        URI uri = uri(text.strip());
        String scheme = Optional.ofNullable(uri.getScheme()).orElse("").toLowerCase(Locale.ROOT);
        if (uri.getFragment() != null) {
            throw bad(text, "it has a fragment (#)");
        }
        return switch (scheme) {
            case "s3" -> bucket(Kind.S3, text, uri);
            case "gs" -> bucket(Kind.GCS, text, uri);
            case "http", "https" -> http(text, uri, scheme);
            case "file" -> directory(text, uri);
            default -> throw bad(text, "it must begin with s3://, gs://, https://, http:// or file:///");
        };
    }

    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw bad(text, e.getReason());
        }
    }

    private static RemoteUrl bucket(Kind kind, String text, URI uri) {
        String authority = Optional.ofNullable(uri.getRawAuthority()).orElse("");
        if (authority.contains("@")) {
            throw bad(text, "credentials do not belong into it; the provider's standard chain finds them");
        }
        if (!BUCKET.matcher(authority).matches()) {
            throw bad(text, "its bucket is not a name of a bucket");
        }
        Map<String, String> options = options(kind, text, uri);
        checkEndpoint(text, options);
        return new RemoteUrl(kind, authority, prefix(text, uri), options, Optional.empty());
    }

    private static void checkEndpoint(String text, Map<String, String> options) {
        String endpoint = options.get("endpoint");
        if (endpoint != null) {
            URI parsed = uri(endpoint);
            if (!Set.of("http", "https")
                            .contains(Optional.ofNullable(parsed.getScheme()).orElse(""))
                    || parsed.getHost() == null
                    || parsed.getUserInfo() != null) {
                throw bad(text, "its endpoint must be http://host or https://host");
            }
        }
        for (String flag :
                Set.of("path_style", "anonymous", "instance_credentials", "requester_pays", "conditional_put")) {
            String value = options.get(flag);
            if (value != null && !value.equals("true") && !value.equals("false")) {
                throw bad(text, flag + " must be true or false");
            }
        }
    }

    private static RemoteUrl http(String text, URI uri, String scheme) {
        if (uri.getHost() == null) {
            throw bad(text, "it names no host");
        }
        Optional<String> userInfo = Optional.ofNullable(uri.getUserInfo());
        userInfo.ifPresent(Secrets::register);
        userInfo.map(info -> info.substring(info.indexOf(':') + 1)).ifPresent(Secrets::register);
        String path = Optional.ofNullable(uri.getRawPath()).orElse("").replaceAll("/+$", "");
        String place = scheme + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + path;
        Map<String, String> options = options(Kind.HTTP, text, uri);
        checkEndpoint(text, options);
        return new RemoteUrl(Kind.HTTP, place, "", options, userInfo);
    }

    private static RemoteUrl directory(String text, URI uri) {
        String path = Optional.ofNullable(uri.getPath()).orElse("");
        if (uri.getRawAuthority() != null || !path.startsWith("/")) {
            throw bad(text, "a directory is written file:///absolute/path");
        }
        return new RemoteUrl(
                Kind.DIRECTORY,
                Path.of(path).normalize().toString(),
                "",
                options(Kind.DIRECTORY, text, uri),
                Optional.empty());
    }

    private static String prefix(String text, URI uri) {
        String path = Optional.ofNullable(uri.getPath()).orElse("").replaceAll("^/|/$", "");
        try {
            return path.isEmpty() ? "" : ObjectKeys.requireKey(path);
        } catch (IllegalArgumentException e) {
            throw bad(
                    text, "its prefix may have segments of letters, digits and ._-=+@ only, none beginning with a dot");
        }
    }

    private static Map<String, String> options(Kind kind, String text, URI uri) {
        Map<String, String> options = new LinkedHashMap<>();
        String query = Optional.ofNullable(uri.getRawQuery()).orElse("");
        for (String pair : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            if (equals < 0 || !kind.options().contains(name)) {
                throw bad(
                        text,
                        "it has an unknown setting; known are " + String.join(", ", new TreeSet<>(kind.options())));
            }
            options.put(name, URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return options;
    }

    private static IllegalArgumentException bad(String text, String why) {
        int query = text.indexOf('?');
        String shown = Secrets.redact(query < 0 ? text : text.substring(0, query));
        return new IllegalArgumentException("bad remote address " + shown + ": " + why);
    }

    /** Returns what answers over HTTP, also for a bucket of a provider; no directory has such an address. */
    URI server() {
        return switch (kind) {
            case S3 -> URI.create(option("endpoint").orElse("https://" + place + ".s3.amazonaws.com"));
            case GCS -> URI.create(option("endpoint").orElse("https://storage.googleapis.com"));
            case HTTP -> URI.create(place);
            case DIRECTORY -> throw new IllegalStateException("a directory has no server");
        };
    }

    /** Returns an option's text. */
    Optional<String> option(String name) {
        return Optional.ofNullable(options.get(name));
    }

    /** Returns whether an option is set to true. */
    boolean flag(String name) {
        return "true".equals(options.get(name));
    }

    /** Returns the address without credentials, for people. */
    @Override
    public String toString() {
        String address = switch (kind) {
            case S3 -> "s3://" + place + (prefix.isEmpty() ? "" : "/" + prefix);
            case GCS -> "gs://" + place + (prefix.isEmpty() ? "" : "/" + prefix);
            case HTTP -> userInfo.isEmpty() ? place : place.replaceFirst("://", "://" + Secrets.REDACTED + "@");
            case DIRECTORY -> "file://" + place;
        };
        return option("endpoint")
                .map(endpoint -> address + "?endpoint=" + Secrets.redact(endpoint))
                .orElse(address);
    }
}
