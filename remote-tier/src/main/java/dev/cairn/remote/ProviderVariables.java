package dev.cairn.remote;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The variables in which the providers' standard chains look for credentials, and those that name proxies, as the build has them: whoever serves several
 * builds has another environment than they. Immutable; {@link #toString} shows no value.
 */
public final class ProviderVariables {
    /** The variables of a process that sets none. */
    public static final ProviderVariables NONE = new ProviderVariables(Map.of());

    private static final Set<String> SECRET =
            Set.of("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN");

    private static final Set<String> PREFIXES = Set.of("AWS_", "GOOGLE_", "CLOUDSDK_");
    private static final Set<String> PROXIES =
            Set.of("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY");

    private final Map<String, String> values;

    private ProviderVariables(Map<String, String> values) {
        this.values = values;
    }

    /** Returns those of an environment. */
    public static ProviderVariables of(Map<String, String> environment) {
        Map<String, String> values = new TreeMap<>();
        environment.forEach((name, value) -> {
            if (isRead(name) && !value.isBlank()) {
                values.put(name, value);
            }
        });
        values.forEach((name, value) -> {
            if (SECRET.contains(name)) {
                Secrets.register(value);
            }
        });
        return values.isEmpty() ? NONE : new ProviderVariables(Map.copyOf(values));
    }

    /** Returns whether it matters what a variable says. */
    public static boolean isRead(String name) {
        return PROXIES.contains(name) || PREFIXES.stream().anyMatch(name::startsWith);
    }

    /** Returns those of this process. */
    public static ProviderVariables ofProcess() {
        return of(System.getenv());
    }

    Optional<String> get(String name) {
        return Optional.ofNullable(values.get(name));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ProviderVariables that && that.values.equals(values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "ProviderVariables" + values.keySet();
    }
}
