package dev.cairn.remote;

import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A proxy on the way to a store. Immutable; {@link #toString} shows no secret.
 *
 * @param userInfo user and password, as {@code user:password}
 */
record HttpProxy(String host, int port, Optional<String> userInfo) {
    Proxy proxy() {
        return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(host, port));
    }

    Optional<String> user() {
        return userInfo.map(info -> info.split(":", 2)[0]);
    }

    Optional<String> password() {
        return userInfo.map(info -> info.substring(info.indexOf(':') + 1));
    }

    /** Returns the header's value that says who we are; only for one with a user. */
    String authorization() {
        String pair = user().orElse("") + ":" + password().orElse("");
        return "Basic " + Secrets.register(Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    }

    Authenticator authenticator() {
        return new Authenticator() {
            @Override
            protected @Nullable PasswordAuthentication getPasswordAuthentication() {
                return getRequestorType() == RequestorType.PROXY
                        ? new PasswordAuthentication(
                                user().orElse(""), password().orElse("").toCharArray())
                        : null;
            }
        };
    }

    @Override
    public String toString() {
        return "HttpProxy[" + host + ":" + port + "]";
    }
}
