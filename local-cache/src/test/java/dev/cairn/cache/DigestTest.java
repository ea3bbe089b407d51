package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DigestTest {
    @Test
    void everyWordCounts() {
        Digest digest = new Digest(1, 2, 3, 4);
        assertThat(digest).isEqualTo(new Digest(1, 2, 3, 4)).hasSameHashCodeAs(new Digest(1, 2, 3, 4));
        assertThat(digest)
                .isNotEqualTo(new Digest(9, 2, 3, 4))
                .isNotEqualTo(new Digest(1, 9, 3, 4))
                .isNotEqualTo(new Digest(1, 2, 9, 4))
                .isNotEqualTo(new Digest(1, 2, 3, 9));
    }

    @Test
    void bytesAndDigitsReadBackAsTheSame() {
        Digest digest = new Digest(1, -2, Long.MIN_VALUE, 0x0123456789abcdefL);
        assertThat(Digest.read(digest.toBytes(), 0)).isEqualTo(digest);
        assertThat(Digest.parse(digest.hex())).isEqualTo(digest);
    }
}
