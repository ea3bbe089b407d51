package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** With the change feed on, what changed is compiled and what did not change is a hit, as without. */
class ChangeFeedIT {
    @RegisterExtension
    static final Sandbox box = Sandbox.ofClass();

    /** Enough that everything that can be is watched. */
    private static final int HITS = 12;

    private static Outcome compile() {
        var before = box.stats();
        Command command = box.bare("gcc", "-Ifirst", "-Isecond", "-c", "use.c", "-o", "out.o")
                .env("CAIRN_CHANGE_FEED", "1")
                .after(box.launcher().toString());
        assertThat(command.run().exit()).isZero();
        return box.outcomeSince(before);
    }

    private static void hitsOnly() {
        for (int i = 0; i < HITS; i++) {
            assertThat(compile().isHit()).as("unchanged").isTrue();
        }
    }

    private static void missOnceThenHits() {
        box.settle();
        assertThat(compile().word()).isEqualTo("miss");
        hitsOnly();
    }

    @Test
    void changesAreSeenAndNothingElse() throws IOException {
        Path first = Files.createDirectories(box.work.resolve("first"));
        Path second = Files.createDirectories(box.work.resolve("second"));
        Files.writeString(second.resolve("value.h"), "#define VALUE 1\n");
        box.write("use.c", "#include <stdio.h>\n#include <value.h>\nint value(void) { return VALUE; }\n");
        missOnceThenHits();

        Files.writeString(second.resolve("value.h"), "#define VALUE 2\n");
        missOnceThenHits();

        Files.writeString(first.resolve("value.h"), "#define VALUE 3\n");
        missOnceThenHits();

        Files.delete(first.resolve("value.h"));
        hitsOnly();

        Path others = Files.createDirectories(box.work.resolve("others"));
        Files.writeString(others.resolve("value.h"), "#define VALUE 4\n");
        Files.move(second, box.work.resolve("gone"));
        Files.move(others, second);
        missOnceThenHits();

        box.write("use.c", "#include <value.h>\nint value(void) { return -VALUE; }\n");
        missOnceThenHits();
    }
}
