package dev.cairn.remote;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * Which proxy a build's environment names for a host, by the variables that curl reads: {@code http_proxy} (lower case
 * only, as a server's CGI programs find a header of the client under the other spelling), {@code https_proxy}, {@code
 * all_proxy} and {@code no_proxy}, the last three in upper case too.
 */
final class Proxies {
    private static final int USUAL_PORT = 1080;

    private Proxies() {}

    /**
     * Returns the proxy for an address, or empty when it is to be reached directly.
     *
     * @throws StoreException when the variable is no address of a proxy
     */
    static Optional<HttpProxy> of(URI target, ProviderVariables variables) throws StoreException {
        String scheme = Optional.ofNullable(target.getScheme()).orElse("https");
        String host = Optional.ofNullable(target.getHost()).orElse("");
        Optional<String> named = (scheme.equals("http")
                        ? variables.get("http_proxy")
                        : either(variables, "https_proxy"))
                .or(() -> either(variables, "all_proxy"));
        if (named.isEmpty()
                || isExcepted(
                        host, target.getPort(), either(variables, "no_proxy").orElse(""))) {
            return Optional.empty();
        }
        return Optional.of(parse(named.get()));
    }

    private static Optional<String> either(ProviderVariables variables, String name) {
        return variables.get(name).or(() -> variables.get(name.toUpperCase(Locale.ROOT)));
    }

    private static HttpProxy parse(String text) throws StoreException {
        try {
            URI uri = new URI(text.contains("://") ? text : "http://" + text);
            if ("http".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null) {
                Optional<String> userInfo = Optional.ofNullable(uri.getUserInfo());
                userInfo.ifPresent(info -> Secrets.register(info.substring(info.indexOf(':') + 1)));
                return new HttpProxy(uri.getHost(), uri.getPort() < 0 ? USUAL_PORT : uri.getPort(), userInfo);
            }
        } catch (URISyntaxException e) {
            // as any other text that is no address
        }
        throw new StoreException(
                Failure.MISCONFIGURED, "the proxy that the environment names is not written http://host:port");
    }

    /** Whether a host, or a domain that it belongs to, is in a list of those without a proxy. */
    private static boolean isExcepted(String host, int port, String list) {
        for (String entry : list.toLowerCase(Locale.ROOT).split("[,\\s]+", -1)) {
            String name = entry.replaceFirst("^\\*?\\.", "");
            int colon = name.lastIndexOf(':');
            boolean hasPort = colon > 0 && name.indexOf(':') == colon;
            if (hasPort && !name.substring(colon + 1).equals(Integer.toString(port))) {
                continue;
            }
            String domain = hasPort ? name.substring(0, colon) : name;
            String asked = host.toLowerCase(Locale.ROOT);
            if (domain.equals("*") || (!domain.isEmpty() && (asked.equals(domain) || asked.endsWith("." + domain)))) {
                return true;
            }
        }
        return false;
    }
}
