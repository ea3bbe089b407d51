package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteUrlTest {
    @Test
    void anAddressOfABucketHasItsParts() {
        RemoteUrl url =
                RemoteUrl.parse("s3://bucket.name/a/b/?endpoint=http://127.0.0.1:9000&region=us-east-1&sse=aws:kms");
        assertThat(url.kind()).isEqualTo(RemoteUrl.Kind.S3);
        assertThat(url.place()).isEqualTo("bucket.name");
        assertThat(url.prefix()).isEqualTo("a/b");
        assertThat(url.option("endpoint")).contains("http://127.0.0.1:9000");
        assertThat(url.option("region")).contains("us-east-1");
        assertThat(url.option("sse")).contains("aws:kms");
        assertThat(url).hasToString("s3://bucket.name/a/b?endpoint=http://127.0.0.1:9000");
    }

    @ParameterizedTest
    @CsvSource({
        "gs://bucket, gs://bucket",
        "gs://bucket/, gs://bucket",
        "S3://bucket/p, s3://bucket/p",
        "file:///shared/dir/, file:///shared/dir",
        "https://host:8443/cache/, https://host:8443/cache",
        "http://user:secret@host/cache, http://***@host/cache",
    })
    void whatPeopleSeeIsShortAndHoldsNoSecret(String text, String shown) {
        assertThat(RemoteUrl.parse(text)).hasToString(shown);
    }

    @Test
    void theCredentialsOfAnAddressAreKept() {
        assertThat(RemoteUrl.parse("https://us%40er:p%2Fw@host/x").userInfo()).isEqualTo(Optional.of("us@er:p/w"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bucket",
                "s3://",
                "s3:///x",
                "s3://b",
                "s3://key:topsecret@bucket/x",
                "s3://bucket//x",
                "s3://bucket/../x",
                "s3://bucket/a//b",
                "s3://bucket/.hidden",
                "s3://bucket/x?nonsense=topsecret",
                "s3://bucket/x?region",
                "s3://bucket/x?endpoint=127.0.0.1:9000",
                "s3://bucket/x?endpoint=http://a:topsecret@host",
                "s3://bucket/x?anonymous=yes",
                "s3://bucket/x#part",
                "file://host/dir",
                "file:dir",
                "ftp://host/x",
                "http:///x",
                "https://user:topsecret@/x",
                "https://user:topsecret@host/x?nonsense=1",
                "http://a b/",
            })
    void aBadAddressIsOneClearLine(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RemoteUrl.parse(text))
                .withMessageStartingWith("bad remote address ")
                .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1).doesNotContain("topsecret"));
    }
}
