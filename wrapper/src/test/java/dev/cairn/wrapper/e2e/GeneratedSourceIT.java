package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** Configure scripts write a source and compile it in the same tick of the clock that files are stamped with. */
class GeneratedSourceIT {
    private static final String WRITE_AND_COMPILE = """
            for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
                echo "int value = $i;" >generated.c
                "$0" gcc -c generated.c -o generated.o || exit 1
            done
            """;

    @RegisterExtension
    static final Sandbox box = Sandbox.ofClass();

    @Test
    void aSourceThatWasWrittenJustNowIsStored() {
        box.cairn("start").run().succeeded();
        round();
        JsonNode cold = box.stats();
        assertThat(cold.path("not_stored_reasons").size()).isZero();
        round();
        // A hit is counted when its connection closes, which may be after the launcher's end.
        await().atMost(Duration.ofSeconds(20))
                .until(() -> box.stats().path("hits").path("total").equals(cold.path("stored")));
    }

    private static void round() {
        box.bare("sh", "-c", WRITE_AND_COMPILE, box.launcher().toString()).run().succeeded();
    }
}
