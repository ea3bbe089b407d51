package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The cache keeps to its size. */
@Tag("heavy")
class BudgetIT {
    private static final long BUDGET = 50_000_000;
    private static final int OBJECTS = 80;
    private static final int OBJECT = 6_000_000;
    /** What has just come in and what is about to go, and the database's own files. */
    private static final long SLACK = 4L * OBJECT;

    @RegisterExtension
    final Sandbox box = new Sandbox();

    private Command compile(int number) {
        return box.bare("gcc", "-c", "f" + number + ".c", "-o", "f" + number + ".o")
                .env("CAIRN_MAX_SIZE", "50M");
    }

    @Test
    void theDirectoryStaysWithinItsBudgetAndHitsStayRight() throws IOException {
        for (int i = 0; i < OBJECTS; i++) {
            Files.writeString(
                    box.work.resolve("f" + i + ".c"),
                    "int f" + i + ";\n__asm__(\".data\\n.fill " + OBJECT + ", 1, " + i + "\\n.text\\n\");\n");
        }
        box.settle();
        for (int i = 0; i < OBJECTS; i++) {
            compile(i).after(box.launcher().toString()).run().succeeded();
            assertRight(i);
            assertThat(size(box.cache())).as("bytes after %d objects", i + 1).isLessThan(BUDGET + SLACK);
        }
        await("eviction").atMost(Duration.ofSeconds(20)).until(() -> size(box.cache()) <= BUDGET + SLACK / 4);
        assertThat(box.stats().path("cache").path("evictions").asInt()).isGreaterThan(OBJECTS / 2);
        assertThat(box.stats().path("cache").path("budget").asLong()).isEqualTo(BUDGET);

        int hits = 0;
        for (int i = OBJECTS - 1; i >= OBJECTS - 12; i--) {
            var before = box.stats();
            compile(i).after(box.launcher().toString()).run().succeeded();
            hits += box.outcomeSince(before).isHit() ? 1 : 0;
            assertRight(i);
        }
        assertThat(hits).as("hits among the last").isGreaterThanOrEqualTo(4);
        var before = box.stats();
        compile(0).after(box.launcher().toString()).run().succeeded();
        assertThat(box.outcomeSince(before)).isEqualTo(new Outcome("miss", "evicted", ""));
    }

    private void assertRight(int number) {
        byte[] object = box.read("f" + number + ".o");
        box.delete("f" + number + ".o");
        assertThat(object.length).isGreaterThan(OBJECT);
        int count = 0;
        for (byte b : object) {
            count += b == number ? 1 : 0;
        }
        assertThat(count).as("bytes of object %d", number).isGreaterThanOrEqualTo(OBJECT);
    }

    private static long size(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.mapToLong(
                            file -> file.toFile().isFile() ? file.toFile().length() : 0)
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            return size(directory); // a file went away meanwhile
        }
    }
}
