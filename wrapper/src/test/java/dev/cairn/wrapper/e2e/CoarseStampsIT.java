package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On a file system whose stamps are whole seconds many changes look alike; none is taken for another. */
class CoarseStampsIT {
    @RegisterExtension
    final Sandbox box = new Sandbox();

    private Path place;

    @BeforeEach
    void mount() throws IOException {
        Assumptions.assumeTrue(
                Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
                "SKIPPED: mounting a file system with coarse stamps needs root");
        place = Files.createDirectory(box.root.resolve("coarse"));
        Path image = box.root.resolve("image");
        box.bare("truncate", "-s", "32M", image.toString()).run().succeeded();
        box.bare("mkfs.ext4", "-q", "-F", "-I", "128", "-O", "^metadata_csum", image.toString())
                .run()
                .succeeded();
        box.bare("mount", "-o", "loop", image.toString(), place.toString())
                .run()
                .succeeded();
    }

    @AfterEach
    void unmount() {
        box.stopIfRunning();
        box.bare("umount", "-l", place.toString()).run().succeeded();
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(place.resolve(name), text);
    }

    @Test
    void editsWithinASecondAreSeen() throws IOException {
        write("a.c", "#include \"h.h\"\nint v = V;\n");
        Path header = write("h.h", "#define V 100\n");
        box.start();
        for (int i = 0; i < 20; i++) {
            Files.writeString(header, "#define V " + (100 + i) + "\n");
            box.bare("gcc", "-c", "a.c", "-o", "bare.o").in(place).run().succeeded();
            box.cairn("gcc", "-c", "a.c", "-o", "a.o").in(place).run().succeeded();
            assertThat(Files.readAllBytes(place.resolve("a.o")))
                    .as("edit %d", i)
                    .isEqualTo(Files.readAllBytes(place.resolve("bare.o")));
        }
    }

    @Test
    void aHeaderEditedMeanwhileIsNotTakenForTheOneThatWasRead() throws IOException {
        StringBuilder slow = new StringBuilder("#include \"h.h\"\nint v = V;\n");
        for (int i = 0; i < 300; i++) {
            slow.append("double f").append(i).append("(double x) { for (int i = 0; i < 9; i++) x = x * x + ");
            slow.append(i).append("; return x; }\n");
        }
        write("a.c", slow.toString());
        Path header = write("h.h", "#define V 1\n");
        // Only the headers have coarse stamps; the object is elsewhere.
        String[] compile = {"gcc", "-O2", "-c", place + "/a.c", "-o", "a.o"};
        box.start();
        Command.Running running = box.cairn(compile).start();
        Processes.awaitDescendant(running.process(), "cc1");
        Files.writeString(header, "#define V 2\n");
        running.end().succeeded();
        box.cairn(compile).run().succeeded();
        byte[] found = box.read("a.o");
        box.bare(compile).run().succeeded();
        assertThat(found).isEqualTo(box.read("a.o"));
    }

    @Test
    void whatIsOldEnoughIsCached() throws IOException {
        write("a.c", "#include \"h.h\"\nint v = V;\n");
        write("h.h", "#define V 1\n");
        Command compile = box.cairn("gcc", "-c", "a.c", "-o", "a.o").in(place);
        box.start();
        await().atMost(Duration.ofSeconds(20)).until(() -> box.outcome(compile).isHit());
    }
}
