package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever happens to the files of the cache, no wrong byte is served and no build fails. */
class DamagedCacheIT {
    private static final int LARGE = 300_000;
    private static final String[] COMPILE = {"gcc", "-MD", "-c", "foo.c", "-o", "foo.o"};

    @RegisterExtension
    final Sandbox box = new Sandbox();

    /** An object that is too large to be kept anywhere but in a file of its own. */
    @BeforeEach
    void aLargeObjectIsStored() {
        box.expectErrors();
        box.write("foo.c", "int foo;\n__asm__(\".data\\n.fill " + LARGE + ", 1, 7\\n.text\\n\");\n");
        assertThat(box.likeBare(COMPILE).word()).isEqualTo("miss");
    }

    @ParameterizedTest
    @ValueSource(strings = {"truncated", "emptied", "altered", "lengthened", "missing", "directory", "link"})
    void aDamagedBlobIsNeverServed(String damage) throws IOException {
        damage(blob(), damage);
        box.likeBare(COMPILE);
        box.likeBare(COMPILE);
        assertThat(box.likeBare(COMPILE).isHit()).as("replaced").isTrue();
        box.stop();
        damage(blob(), damage);
        box.likeBare(COMPILE);
        box.likeBare(COMPILE);
        assertThat(box.likeBare(COMPILE).isHit()).as("replaced").isTrue();
    }

    private Path blob() throws IOException {
        try (Stream<Path> files = Files.walk(box.cache())) {
            return files.filter(
                            file -> Files.isRegularFile(file) && sizeOf(file) >= LARGE && sizeOf(file) < LARGE + 5000)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("the object is in no file of the cache"));
        }
    }

    private static long sizeOf(Path file) {
        return file.toFile().length();
    }

    private void damage(Path blob, String how) throws IOException {
        byte[] bytes = Files.readAllBytes(blob);
        Path copy = Files.write(box.root.resolve("copy"), bytes);
        box.bare("touch", "-r", blob.toString(), copy.toString()).run().succeeded();
        box.bare("chmod", "u+w", blob.toString()).run().succeeded();
        switch (how) {
            case "truncated" -> Files.write(blob, Arrays.copyOf(bytes, bytes.length / 2));
            case "emptied" -> Files.write(blob, new byte[0]);
            case "lengthened" -> Files.write(blob, Arrays.copyOf(bytes, bytes.length + 1));
            case "missing" -> Files.delete(blob);
            case "altered" -> {
                bytes[bytes.length / 2] ^= 1;
                Files.write(blob, bytes);
            }
            case "directory" -> {
                Files.delete(blob);
                Files.createDirectory(blob);
            }
            default -> {
                Files.delete(blob);
                bytes[bytes.length / 2] ^= 1;
                Files.createSymbolicLink(blob, Files.write(box.root.resolve("elsewhere"), bytes));
            }
        }
        if (Files.isRegularFile(blob)) {
            box.bare("touch", "-r", copy.toString(), blob.toString()).run().succeeded();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage", "truncated", "no CURRENT", "no tables", "removed"})
    void aDamagedDatabaseIsReplaced(String damage) throws IOException {
        box.stop();
        Path database = box.cache().resolve("store-1/db");
        List<Path> files;
        try (Stream<Path> all = Files.list(database)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        assertThat(files).isNotEmpty();
        for (Path file : files) {
            String name = file.getFileName().toString();
            int size = (int) Files.size(file);
            switch (damage) {
                case "garbage" ->
                    Files.write(
                            file, "garbage!".repeat(size / 8 + 1).getBytes(java.nio.charset.StandardCharsets.UTF_8));
                case "truncated" -> Files.write(file, Arrays.copyOf(Files.readAllBytes(file), size / 2));
                case "no CURRENT" -> deleteIf(name.equals("CURRENT"), file);
                case "no tables" -> deleteIf(name.endsWith(".sst") || name.endsWith(".log"), file);
                default -> Files.delete(file);
            }
        }
        box.likeBare(COMPILE);
        box.likeBare(COMPILE);
        assertThat(box.likeBare(COMPILE).isHit()).as("the cache works again").isTrue();
    }

    private static void deleteIf(boolean condition, Path file) throws IOException {
        if (condition) {
            Files.delete(file);
        }
    }

    @Test
    void aCacheRemovedUnderTheDaemonBreaksNothing() throws IOException {
        Sandbox.remove(box.cache().resolve("store-1"));
        Command bare = box.bare(COMPILE);
        for (int i = 0; i < 3; i++) {
            box.sameWithoutDaemon(bare);
        }
    }

    @Test
    void aDirectoryRemovedWholeIsMadeAnew() throws IOException {
        long old = box.daemon();
        Sandbox.remove(box.cache());
        box.sameWithoutDaemon(box.bare(COMPILE));
        box.sameWithoutDaemon(box.bare(COMPILE));
        Processes.awaitEnd(old);
    }
}
