package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** What was stored and counted outlives the daemon. */
class RestartIT {
    @RegisterExtension
    final Sandbox box = new Sandbox();

    @BeforeEach
    void aCompilationIsStored() {
        box.write("part.h", "#define PART 1\n");
        box.write("foo.c", "#include \"part.h\"\nint foo = PART;\n");
        assertThat(box.likeBare("gcc", "-MD", "-c", "foo.c", "-o", "foo.o").word())
                .isEqualTo("miss");
    }

    private String compileAndExplain() {
        box.likeBare("gcc", "-MD", "-c", "foo.c", "-o", "foo.o");
        JsonNode event = box.explain("foo.o");
        return event.path("outcome").asString("") + " " + event.path("tier").asString("");
    }

    @Test
    void afterAStopTheDiskAnswersAndThenMemory() {
        box.stop();
        assertThat(box.daemons()).isEmpty();
        assertThat(compileAndExplain()).isEqualTo("hit disk");
        assertThat(compileAndExplain()).isEqualTo("hit memory");
    }

    @Test
    void afterAKillTheDiskAnswersAndThenMemory() {
        box.killDaemon();
        assertThat(compileAndExplain()).isEqualTo("hit disk");
        assertThat(compileAndExplain()).isEqualTo("hit memory");
    }

    @Test
    void whatAKilledDaemonHadOnItsWayIsRemovedByTheNext() throws IOException {
        box.killDaemon();
        Path run = box.cache().resolve("run");
        Files.createDirectories(run.resolve("remote-3/fetched-1"));
        Files.writeString(run.resolve("remote-3/fetched-1/object"), "half of it");
        Files.writeString(run.resolve("taken/17"), "half of it");
        assertThat(compileAndExplain()).isEqualTo("hit disk");
        assertThat(run.resolve("remote-3")).doesNotExist();
        assertThat(run.resolve("taken")).doesNotExist();
    }

    @Test
    void anEditWhileNoDaemonRunsIsSeen() {
        box.stop();
        box.write("part.h", "#define PART 2\n");
        assertThat(compileAndExplain()).isEqualTo("miss ");
    }

    @Test
    void countersSurviveAStop() {
        box.likeBare("gcc", "-MD", "-c", "foo.c", "-o", "foo.o");
        JsonNode before = box.stats();
        box.stop();
        box.start();
        JsonNode after = box.stats();
        for (String name : new String[] {"since", "requests", "hits", "misses", "miss_reasons", "stored"}) {
            assertThat(after.path(name)).as(name).isEqualTo(before.path(name));
        }
        assertThat(after.path("requests").asInt()).isEqualTo(2);
    }

    @Test
    void countersThatWereZeroedBeforeAStopStayZero() {
        box.cairn("stats", "--zero").run().succeeded();
        box.stop();
        box.start();
        assertThat(box.stats().path("requests").asInt()).isZero();
        box.stop();
        box.start();
        box.cairn("stats", "--zero").run().succeeded();
        assertThat(box.stats().path("requests").asInt()).isZero();
    }

    @Test
    void aClearedCacheIsEmptyAfterARestartToo() {
        box.cairn("clear").run().succeeded();
        assertThat(compileAndExplain()).startsWith("miss");
        box.cairn("clear").run().succeeded();
        box.stop();
        assertThat(compileAndExplain()).startsWith("miss");
    }
}
