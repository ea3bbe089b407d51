package dev.cairn.wrapper.events;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A list of texts as bytes, each with its length; one char per byte. Stateless. */
public final class Fields {
    private Fields() {}

    /** Encodes texts. */
    public static byte[] encode(List<String> fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(fields.size());
            for (String field : fields) {
                byte[] text = field.getBytes(StandardCharsets.ISO_8859_1);
                out.writeInt(text.length);
                out.write(text);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory can be written", e);
        }
        return bytes.toByteArray();
    }

    /** Returns the texts, or empty when these are not the bytes of a list. */
    public static Optional<List<String>> decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int count = in.readInt();
            if (count < 0 || count > bytes.length) {
                return Optional.empty();
            }
            List<String> fields = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                int length = in.readInt();
                if (length < 0 || length > in.available()) {
                    return Optional.empty();
                }
                fields.add(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
            }
            return Optional.of(fields);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Writes one element of a list. */
    @FunctionalInterface
    public interface Put<T> {
        /** Adds its fields. */
        void put(List<String> fields, T element);
    }

    /** Adds the fields of all elements of a list, behind their number. */
    public static <T> void putAll(List<String> fields, List<T> elements, Put<T> put) {
        fields.add(Integer.toString(elements.size()));
        elements.forEach(element -> put.put(fields, element));
    }

    /**
     * Takes the elements of a list, as {@link #putAll} wrote them.
     *
     * @throws NumberFormatException when their number is none
     * @throws java.util.NoSuchElementException when the fields end before
     */
    public static <T> List<T> takeAll(Iterator<String> fields, Function<Iterator<String>, T> take) {
        List<T> elements = new ArrayList<>();
        for (int count = Integer.parseInt(fields.next()); count > 0; count--) {
            elements.add(take.apply(fields));
        }
        return elements;
    }
}
