package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxiesTest {
    @ParameterizedTest
    @CsvSource({
        "http_proxy, http://p:3128, http://h/x, p:3128",
        "http_proxy, p:3128, http://h/x, p:3128",
        "http_proxy, http://p, http://h/x, p:1080",
        "http_proxy, http://p:3128, https://h/x, ''",
        "HTTP_PROXY, http://p:3128, http://h/x, ''",
        "https_proxy, http://p:3128, https://h/x, p:3128",
        "HTTPS_PROXY, http://p:3128, https://h/x, p:3128",
        "HTTPS_PROXY, http://p:3128, http://h/x, ''",
        "all_proxy, http://p:3128, http://h/x, p:3128",
        "ALL_PROXY, http://p:3128, https://h/x, p:3128",
    })
    void theVariableOfTheSchemeNamesTheProxy(String variable, String value, URI target, String proxy) throws Exception {
        assertThat(through(target, Map.of(variable, value))).isEqualTo(proxy);
    }

    @ParameterizedTest
    @CsvSource({
        "*, h.example.org, true",
        "example.org, h.example.org, true",
        ".example.org, h.example.org, true",
        "*.example.org, h.example.org, true",
        "EXAMPLE.org, h.Example.Org, true",
        "'other, h.example.org', h.example.org, true",
        "127.0.0.1, 127.0.0.1, true",
        "h.example.org:8443, h.example.org, true",
        "h.example.org:80, h.example.org, false",
        "ample.org, h.example.org, false",
        "h.example.org.uk, h.example.org, false",
        "'', h.example.org, false",
    })
    void someHostsAreReachedDirectly(String list, String host, boolean direct) throws Exception {
        URI target = URI.create("https://" + host + ":8443/x");
        for (String name : new String[] {"no_proxy", "NO_PROXY"}) {
            assertThat(through(target, Map.of("https_proxy", "http://p:3128", name, list)))
                    .isEqualTo(direct ? "" : "p:3128");
        }
    }

    @ParameterizedTest
    @CsvSource({"socks5://p:1080", "http://", "http://a b"})
    void whatIsNoProxyIsAMistakeOfTheConfiguration(String value) {
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> through(URI.create("https://h/x"), Map.of("https_proxy", value)))
                .satisfies(e -> assertThat(e.failure()).isEqualTo(Failure.MISCONFIGURED));
    }

    @Test
    void aPasswordIsTakenAsItIsMeantAndShownNowhere() throws Exception {
        Optional<HttpProxy> proxy = Proxies.of(
                URI.create("https://h/x"),
                ProviderVariables.of(Map.of("https_proxy", "http://someone:p%40ss:w%3Frd@p:3128")));
        assertThat(proxy.flatMap(HttpProxy::user)).contains("someone");
        assertThat(proxy.flatMap(HttpProxy::password)).contains("p@ss:w?rd");
        assertThat(proxy.toString()).doesNotContain("ss:w");
        assertThat(Secrets.redact("said p@ss:w?rd")).doesNotContain("p@ss");
    }

    private static String through(URI target, Map<String, String> environment) throws StoreException {
        return Proxies.of(target, ProviderVariables.of(environment))
                .map(proxy -> proxy.host() + ":" + proxy.port())
                .orElse("");
    }
}
