package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class HasherPropertyTest {
    sealed interface Field {
        record Text(String text) implements Field {}

        record Texts(List<String> texts) implements Field {}

        record Count(long number) implements Field {}

        record Name(long a, long b) implements Field {}

        record Bytes(List<Byte> bytes) implements Field {}
    }

    @Provide
    Arbitrary<List<Field>> fields() {
        Arbitrary<String> text =
                Arbitraries.strings().withChars('\0', '\1', 'a', '\uD800', '?').ofMaxLength(3);
        Arbitrary<Long> number = Arbitraries.of(0L, 1L, 2L, 1L << 32, (1L << 32) + 1);
        Arbitrary<Field> field = Arbitraries.oneOf(
                text.map(Field.Text::new),
                text.list().ofMaxSize(2).map(Field.Texts::new),
                number.map(Field.Count::new),
                number.map(first -> new Field.Name(first, 0)),
                Arbitraries.bytes()
                        .between((byte) 0, (byte) 2)
                        .list()
                        .ofMaxSize(4)
                        .map(Field.Bytes::new));
        return field.list().ofMaxSize(4);
    }

    @Property(tries = 20_000)
    void differentFieldListsNeverShareADigest(@ForAll("fields") List<Field> one, @ForAll("fields") List<Field> other) {
        Assume.that(!one.equals(other));
        assertThat(digest("key", one)).isNotEqualTo(digest("key", other));
    }

    @Property(tries = 200)
    void equalListsOfTwoKindsOfKeyNeverShareADigest(@ForAll("fields") List<Field> fields) {
        assertThat(digest("one", fields)).isNotEqualTo(digest("other", fields));
        assertThat(digest("one", fields)).isEqualTo(digest("one", List.copyOf(fields)));
    }

    @Example
    void fieldsOfDifferentKindsDifferEvenWhenTheirBytesAgree() {
        assertThat(Hasher.of("k").put(new Digest(1, 2, 3, 4)).finish())
                .isNotEqualTo(Hasher.of("k")
                        .putLong(1)
                        .putLong(2)
                        .putLong(3)
                        .putLong(4)
                        .finish());
        assertThat(Hasher.of("k").put("").finish())
                .isNotEqualTo(Hasher.of("k").putAll(List.of()).finish());
        assertThat(Hasher.of("k").put("\uD800").finish())
                .isNotEqualTo(Hasher.of("k").put("?").finish());
    }

    @Property
    void aDigestSurvivesBytesAndHex(@ForAll long a, @ForAll long b) {
        Digest digest = new Digest(a, b, ~a, ~b);
        assertThat(Digest.read(digest.toBytes(), 0)).isEqualTo(digest);
        assertThat(Digest.parse(digest.hex())).isEqualTo(digest);
    }

    private static Digest digest(String domain, List<Field> fields) {
        Hasher hasher = Hasher.of(domain);
        for (Field field : fields) {
            switch (field) {
                case Field.Text text -> hasher.put(text.text());
                case Field.Texts texts -> hasher.putAll(texts.texts());
                case Field.Count number -> hasher.putLong(number.number());
                case Field.Name name -> hasher.put(new Digest(0, name.a(), 0, name.b()));
                case Field.Bytes bytes -> hasher.put(toArray(bytes.bytes()));
            }
        }
        return hasher.finish();
    }

    private static byte[] toArray(List<Byte> bytes) {
        byte[] array = new byte[bytes.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = bytes.get(i);
        }
        return array;
    }
}
