package dev.cairn.wrapper.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Every file below a directory, with mode and bytes, as it was at one moment. Immutable. */
final class Tree {
    private record Entry(int mode, byte[] bytes) {
        boolean same(Entry other) {
            return mode == other.mode && Arrays.equals(bytes, other.bytes);
        }
    }

    private final Path directory;
    private final SortedMap<Path, Entry> entries = new TreeMap<>();

    private Tree(Path directory) {
        this.directory = directory;
    }

    static Tree of(Path directory) {
        Tree tree = new Tree(directory);
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                    tree.entries.put(path, new Entry(mode(path), Files.readAllBytes(path)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return tree;
    }

    /** Returns permission bits. */
    static int mode(Path file) {
        try {
            return (int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a line for each file, equal for equal trees: name, mode, size and a digest of the bytes. */
    SortedMap<String, String> listing() {
        SortedMap<String, String> listing = new TreeMap<>();
        for (Map.Entry<Path, Entry> file : entries.entrySet()) {
            byte[] bytes = file.getValue().bytes();
            String text = bytes.length < 2000 && file.getKey().toString().endsWith(".d")
                    ? new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1)
                    : HexFormat.of().toHexDigits(Arrays.hashCode(bytes));
            listing.put(
                    directory.relativize(file.getKey()).toString(),
                    Integer.toOctalString(file.getValue().mode()) + " " + bytes.length + " " + text);
        }
        return listing;
    }

    /** Makes the directory's files what they were: new ones are removed, changed ones written anew. */
    void restore() {
        Tree now = of(directory);
        try {
            for (Path path : now.entries.keySet()) {
                if (!entries.containsKey(path)) {
                    Files.delete(path);
                }
            }
            for (Map.Entry<Path, Entry> file : entries.entrySet()) {
                Entry present = now.entries.get(file.getKey());
                if (present == null || !present.same(file.getValue())) {
                    Files.deleteIfExists(file.getKey());
                    Files.write(file.getKey(), file.getValue().bytes());
                    Files.setAttribute(
                            file.getKey(), "unix:mode", file.getValue().mode());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
