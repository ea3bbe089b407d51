package dev.cairn.wrapper.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import dev.cairn.cache.ManifestEntry.Condition;
import dev.cairn.wrapper.family.SideOutput;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AnswerCodecTest {
    private static final Recollection ANSWER = new Recollection(
            new Target(
                    4,
                    "src/a.c",
                    "out/\u00e4.o",
                    Optional.of("out/a.d"),
                    List.of(new SideOutput(SideOutput.Role.DWO, "out/a.dwo"))),
            InputSet.LAPSED,
            List.of(new Condition("stamp", List.of("a.h"), "12"), new Condition("date", List.of(), "2000-01-01")),
            List.of("paths: mapped"),
            Roots.of(List.of(new Roots.Root("/w/tree", 'r', false))),
            digest("context"),
            digest("shelf"),
            digest("artifact"));

    private static final AnswerCodec.Kept KEPT =
            new AnswerCodec.Kept(digest("request"), new byte[] {0, -1, 127, -128}, List.of(ANSWER, ANSWER));

    private static Digest digest(String text) {
        return Hasher.of("test").put(text).finish();
    }

    @Test
    void whatIsWrittenIsRead() {
        AnswerCodec.Kept read = AnswerCodec.decode(AnswerCodec.encode(KEPT)).orElseThrow();
        assertThat(read.request()).isEqualTo(KEPT.request());
        assertThat(read.looks()).isEqualTo(KEPT.looks());
        assertThat(read.answers()).hasSize(2).allSatisfy(answer -> {
            assertThat(answer).usingRecursiveComparison().isEqualTo(ANSWER);
            assertThat(answer.inputs().holds()).isFalse();
        });
    }

    @Test
    void alteredBytesAreReadOrRefusedAndNothingElse() {
        byte[] written = AnswerCodec.encode(KEPT);
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] altered = Arrays.copyOf(written, 1 + random.nextInt(written.length + 3));
            altered[random.nextInt(altered.length)] = (byte) random.nextInt();
            assertThat(AnswerCodec.decode(altered)).isNotNull();
        }
    }
}
