package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretsTest {
    @Test
    void whatWasRegisteredIsNeverSeen() {
        Secrets.register("hunter2-hunter2");
        assertThat(Secrets.redact("it said hunter2-hunter2 there")).isEqualTo("it said *** there");
        assertThat(new StoreException(Failure.DENIED, "no: hunter2-hunter2")).hasMessage("no: ***");
    }

    @ParameterizedTest
    @CsvSource({
        "https://a:b@host/x, https://***@host/x",
        "GET /x?X-Amz-Signature=abcdef&y=1, GET /x?X-Amz-Signature=***&y=1",
        "Authorization: Bearer abcdef123456, Authorization: Bearer ***",
        "Authorization: Basic dXNlcjpwYXNz, Authorization: Basic ***",
        "nothing to hide, nothing to hide",
    })
    void whatLooksLikeACredentialIsNeverSeen(String text, String redacted) {
        assertThat(Secrets.redact(text)).isEqualTo(redacted);
    }

    @Test
    void credentialsDoNotShowThemselves() {
        HttpCredentials credentials = new HttpCredentials(
                java.util.Optional.of("bearer-secret"),
                java.util.Optional.of("me:basic-secret"),
                java.util.Optional.empty());
        assertThat(credentials.toString()).doesNotContain("secret");
        assertThat(Secrets.redact("bearer-secret basic-secret")).doesNotContain("secret");
    }

    @Test
    void aMessageIsOneShortLine() {
        assertThat(new StoreException(Failure.SERVER, "a\n\tb " + "x".repeat(5000)).getMessage())
                .startsWith("a b x")
                .hasSizeLessThan(310);
    }
}
