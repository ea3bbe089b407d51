package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ContextSetTest {
    private static final Digest NAME = new Layout("default", "main").contextsName();

    private static Digest beginningWith(int beginning) {
        return new Digest(Integer.toUnsignedLong(beginning) << 32 | 7, 1, 2, 3);
    }

    @Property(tries = 300)
    void whatWasPutInComesBackAndNothingElse(@ForAll List<Integer> in, @ForAll List<Integer> others)
            throws IOException {
        List<Digest> contexts = in.stream().map(ContextSetTest::beginningWith).toList();
        int half = contexts.size() / 2;
        ContextSet set =
                ContextSet.EMPTY.with(contexts.subList(half, contexts.size())).with(contexts.subList(0, half));
        ContextSet read = ContextSet.decode(NAME, set.encode(NAME));
        assertThat(read.size()).isEqualTo((int) in.stream().distinct().count());
        assertThat(contexts).allMatch(read::mayHave);
        for (int other : others) {
            assertThat(read.mayHave(beginningWith(other))).isEqualTo(in.contains(other));
        }
    }

    @Test
    void theEndsOfTheRangeAreNoSpecialCase() throws IOException {
        for (List<Integer> in : List.of(List.of(0), List.of(-1), List.of(0, -1), List.of(Integer.MIN_VALUE, 5))) {
            ContextSet set = ContextSet.EMPTY.with(
                    in.stream().map(ContextSetTest::beginningWith).toList());
            ContextSet read = ContextSet.decode(NAME, set.encode(NAME));
            for (int one : List.of(0, -1, 1, 5, Integer.MIN_VALUE, Integer.MAX_VALUE)) {
                assertThat(read.mayHave(beginningWith(one))).isEqualTo(in.contains(one));
            }
        }
    }

    @Test
    void theLargestSetFitsTheLimitsAndOneMoreContextMakesItFull() throws IOException {
        Random random = new Random(1);
        List<Digest> contexts = new ArrayList<>();
        ContextSet set = ContextSet.EMPTY;
        while (set.size() < ContextSet.MOST) {
            contexts.clear();
            for (int i = set.size(); i < ContextSet.MOST; i++) {
                contexts.add(new Digest(random.nextLong(), 0, 0, 0));
            }
            set = set.with(contexts);
        }
        byte[] bytes = set.encode(NAME);
        assertThat(bytes).hasSizeBetween(1 << 20, 2_100_000);
        assertThat(ContextSet.decode(NAME, bytes).size()).isEqualTo(ContextSet.MOST);

        contexts.clear();
        for (int i = 0; i < 1_000; i++) {
            contexts.add(new Digest(random.nextLong(), 0, 0, 0));
        }
        ContextSet full = ContextSet.decode(NAME, set.with(contexts).encode(NAME));
        assertThat(full.isFull()).isTrue();
        assertThat(full.mayHave(SampleArtifacts.key("anything"))).isTrue();
        assertThat(full.with(contexts).isFull()).isTrue();
        assertThat(full.encode(NAME)).hasSizeLessThan(100);
    }

    @Test
    void theSetOfAnotherScopeIsNotTakenForThisOne() {
        byte[] bytes = ContextSet.EMPTY.encode(new Layout("default", "pr-1").contextsName());
        assertThatExceptionOfType(DamagedObject.class).isThrownBy(() -> ContextSet.decode(NAME, bytes));
    }

    @Test
    void aSetOfAnotherVersionIsNotUnderstood() {
        byte[] bytes = ContextSet.EMPTY.encode(NAME);
        bytes[9]++;
        assertThatExceptionOfType(DamagedObject.class).isThrownBy(() -> ContextSet.decode(NAME, sealed(bytes)));
    }

    /** The numbers stand behind magic, version and name: the mark of a full set, the contexts, the bytes of the content. */
    @Test
    void numbersThatCannotBeAreRefusedBeforeAnythingIsAllocated() {
        for (int[] numbers : new int[][] {
            {0, -1, 0},
            {0, ContextSet.MOST + 1, ContextSet.MOST + 1},
            {0, 2, 1},
            {0, 2, 11},
            {0, 2, -1},
            {0, 1_000_000, Integer.MAX_VALUE},
            {1, 1, 1},
            {1, 0, 1},
            {2, 0, 0},
            {-1, 0, 0},
            {0, 0, 1}
        }) {
            byte[] bytes = ContextSet.EMPTY.encode(NAME);
            ByteBuffer.wrap(bytes, 42, 9)
                    .put((byte) numbers[0])
                    .putInt(numbers[1])
                    .putInt(numbers[2]);
            assertThatExceptionOfType(DamagedObject.class)
                    .as(Arrays.toString(numbers))
                    .isThrownBy(() -> ContextSet.decode(NAME, sealed(bytes)));
        }
    }

    private static byte[] sealed(byte[] bytes) {
        int end = bytes.length - Digest.LENGTH;
        byte[] digest = Hasher.content(Arrays.copyOf(bytes, end)).toBytes();
        System.arraycopy(digest, 0, bytes, end, digest.length);
        return bytes;
    }
}
