package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** What a daemon remembered answers the next one's first requests, and never when anything changed in between. */
class KeptAnswersIT {
    private static final String[] COMPILATION = {
        "gcc", "@options", "-Ifirst", "-Isecond", "-MD", "-c", "use.c", "-o", "use.o"
    };

    @RegisterExtension
    final Sandbox box = new Sandbox();

    @BeforeEach
    void aCompilationIsRemembered() {
        box.write("options", "-DOPTION=1");
        box.write(
                "use.c",
                "#include \"own.h\"\n#include <value.h>\n#if __has_include(<extra.h>)\nint extra;\n#endif\n"
                        + "int use = VALUE + OWN + OPTION;\n");
        box.write("own.h", "#define OWN 1\n");
        box.write("second/value.h", "#define VALUE 1\n");
        box.directory("first");
        assertThat(box.likeBare(COMPILATION).word()).isEqualTo("miss");
        assertThat(box.likeBare(COMPILATION).isHit()).isTrue();
    }

    /** Compiles as without Cairn; says how, also of the first request to a daemon. */
    private String compile() {
        box.likeBare(COMPILATION);
        JsonNode event = box.explain("use.o");
        boolean lookedUp = event.path("phases").has("lookup");
        return event.path("outcome").asString("") + (lookedUp ? " after a lookup" : "");
    }

    @Test
    void whatDidNotChangeIsNotLookedUpAgain() {
        box.stop();
        assertThat(compile()).isEqualTo("hit");
        assertThat(compile()).isEqualTo("hit after a lookup"); // to know of each input what the answer rests on
        assertThat(compile()).isEqualTo("hit");
        box.stop();
        assertThat(compile()).isEqualTo("hit");
    }

    @Test
    void filesThatAreRemovedAndWereNoInputsChangeNothing() {
        box.write("passing.tmp", "");
        assertThat(compile()).isEqualTo("hit");
        box.stop();
        box.delete("passing.tmp");
        assertThat(compile()).isEqualTo("hit");
    }

    /** Something that decides what the compiler makes. */
    enum Change {
        SOURCE("use.c", "#include \"own.h\"\n#include <value.h>\nint use = 7 + VALUE;\n"),
        QUOTED_HEADER("own.h", "#define OWN 2\n"),
        SEARCHED_HEADER("second/value.h", "#define VALUE 2\n"),
        SHADOWING_HEADER("first/value.h", "#define VALUE 3\n"),
        HEADER_IN_AN_EMPTY_DIRECTORY("first/own.h", "#define OWN 4\n"),
        ASKED_FOR_HEADER("second/extra.h", "\n"),
        RESPONSE_FILE("options", "-DOPTION=2");

        private final String name;
        private final String text;

        Change(String name, String text) {
            this.name = name;
            this.text = text;
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatChangedWhileNoDaemonRanIsSeen(Change change) {
        box.stop();
        box.write(change.name, change.text);
        box.likeBare(COMPILATION);
    }

    @Test
    void aHeaderOfTheSameSizeAndTimeIsAnother() throws IOException {
        Path header = box.work.resolve("own.h");
        FileTime time = Files.getLastModifiedTime(header);
        box.stop();
        box.write("own.h", "#define OWN 3\n");
        Files.setLastModifiedTime(header, time);
        assertThat(compile()).isEqualTo("miss after a lookup");
    }

    @Test
    void aDirectoryThatIsReplacedIsAnother() throws IOException {
        box.write("other/value.h", "#define VALUE 9\n");
        box.stop();
        Files.move(box.work.resolve("second"), box.work.resolve("away"));
        Files.createSymbolicLink(box.work.resolve("second"), Path.of("other"));
        assertThat(compile()).isEqualTo("miss after a lookup");
    }

    @Test
    void aHeaderThatIsGoneIsAnError() {
        box.stop();
        box.delete("second/value.h");
        box.likeBare(COMPILATION);
    }

    @Test
    void theEnvironmentCounts() {
        box.stop();
        box.write("third/own.h", "#define OWN 5\n");
        Command compilation = box.bare(COMPILATION);
        for (Map.Entry<String, String> variable :
                Map.of("CPATH", "third", "LC_ALL", "C.UTF-8").entrySet()) {
            box.likeBare(compilation.env(variable.getKey(), variable.getValue()));
        }
        box.likeBare(COMPILATION);
    }

    @Test
    void afterAKillOfABusyDaemonEverythingIsLookedUp() {
        box.killDaemon();
        assertThat(compile()).isEqualTo("hit after a lookup");
    }

    @Test
    void whatWasClearedIsCompiled() {
        box.stop();
        box.start();
        box.cairn("clear").run().succeeded();
        assertThat(box.likeBare(COMPILATION).word()).isEqualTo("miss");
    }
}
