package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Digests are names in stores that are shared by all versions: they are those of exactly these bytes. */
class HasherTest {
    private final ByteArrayOutputStream wanted = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(wanted);
    private final Hasher hasher = Hasher.of("domain");

    private void want(int kind, byte[] bytes) throws IOException {
        out.writeByte(kind);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private void assertIsAsWanted() throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        new DataOutputStream(whole).writeBytes("\2\0\0\0\6domain");
        whole.write(wanted.toByteArray());
        assertThat(hasher.finish()).isEqualTo(Hasher.content(whole.toByteArray()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "?", "/usr/include/stdio.h", "\0s/a.c", "gr\u00fc\u00df", "\u20ac", "\u007f\u0080\u00ff"})
    void textIsDigestedInUtf8(String text) throws IOException {
        hasher.put(text);
        want(2, text.getBytes(StandardCharsets.UTF_8));
        assertIsAsWanted();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud800", "a\udc00", "\ud83d\ude00"})
    void textWithSurrogatesIsDigestedInUtf16(String text) throws IOException {
        hasher.put(text);
        want(6, text.getBytes(StandardCharsets.UTF_16BE));
        assertIsAsWanted();
    }

    @Test
    void anUnpairedSurrogateIsNoQuestionMark() {
        assertThat(Hasher.of("x").put("\ud800").finish())
                .isNotEqualTo(Hasher.of("x").put("?").finish());
    }

    @Test
    void fieldsOfAllKindsAndLengthsFollowEachOther() throws IOException {
        Random random = new Random(7);
        for (int i = 0; i < 5_000; i++) {
            byte[] bytes = new byte[i % 50 == 0 ? random.nextInt(5_000) : random.nextInt(100)];
            random.nextBytes(bytes);
            switch (random.nextInt(4)) {
                case 0 -> {
                    hasher.put(bytes);
                    want(1, bytes);
                }
                case 1 -> {
                    hasher.putLong(i * 0x0123456789abL);
                    out.writeByte(5);
                    out.writeLong(i * 0x0123456789abL);
                }
                case 2 -> {
                    Digest digest = Hasher.content(bytes);
                    hasher.put(digest);
                    out.writeByte(4);
                    out.write(digest.toBytes());
                }
                default -> {
                    hasher.putAll(List.of("a", "b" + i));
                    out.writeByte(3);
                    out.writeInt(2);
                    want(2, "a".getBytes(StandardCharsets.UTF_8));
                    want(2, ("b" + i).getBytes(StandardCharsets.UTF_8));
                }
            }
        }
        assertIsAsWanted();
    }
}
