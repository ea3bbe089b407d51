package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A compilation that is interrupted ends as it would without Cairn, and leaves nothing. */
class SignalsIT {
    @RegisterExtension
    final Sandbox box = new Sandbox();

    private Observer observer;

    private SlowHeader header;

    @BeforeEach
    void aCompilationThatWaits() {
        observer = new Observer(box);
        header = new SlowHeader(box, "wait.h");
        box.write("slow.c", "int before;\n#include \"wait.h\"\nint after;\n");
    }

    @AfterEach
    void release() {
        header.end();
    }

    private Command slow(String compiler) {
        return box.bare(compiler, "-c", box.work.resolve("slow.c").toString(), "-o", "slow.o");
    }

    private long awaitCompiler(Observer.Observed observed) {
        return header.awaitReader(observed.running().process());
    }

    @ParameterizedTest
    @CsvSource({"INT, gcc", "TERM, gcc", "HUP, gcc", "INT, clang", "TERM, clang", "QUIT, gcc"})
    void aSignalToTheGroupStopsAllAsWithoutCairn(String signal, String compiler) {
        box.start();
        int[] statuses = new int[2];
        for (int withCairn = 0; withCairn < 2; withCairn++) {
            Command command = slow(compiler).afterShell("ulimit -c 0");
            Observer.Observed observed = observer.start(
                    withCairn == 0
                            ? command
                            : slow(compiler).after(box.launcher().toString()).afterShell("ulimit -c 0"));
            awaitCompiler(observed);
            box.bare("kill", "-" + signal, "--", "-" + observed.pid()).run().succeeded();
            statuses[withCairn] = observed.status();
            await("end of all")
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> Processes.naming(box.work + "/slow.c").isEmpty());
            assertThat(box.work.resolve("slow.o")).doesNotExist();
        }
        assertThat(statuses[1]).as("wait status").isEqualTo(statuses[0]);
        nothingIsStored();
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void aSignalToTheLauncherAloneStopsTheCompiler(String signal) {
        box.start();
        Observer.Observed observed =
                observer.start(slow("clang").after(box.launcher().toString()));
        awaitCompiler(observed);
        box.signal(signal, observed.pid());
        assertThat(observed.status()).as("wait status").isEqualTo(signal.equals("INT") ? 2 : 15);
        await("end of all")
                .atMost(Duration.ofSeconds(10))
                .until(() -> Processes.naming(box.work + "/slow.c").isEmpty());
        nothingIsStored();
    }

    @Test
    void aCompilerThatDiesOfASignalIsReportedAsThat() {
        box.start();
        Observer.Observed observed =
                observer.start(slow("gcc").after(box.launcher().toString()));
        long driver = Processes.parent(awaitCompiler(observed));
        box.signal("KILL", driver);
        assertThat(observed.status()).as("wait status").isEqualTo(9);
        nothingIsStored();
    }

    @Test
    void aKilledLauncherTakesTheCompilerWithIt() {
        box.start();
        Observer.Observed observed =
                observer.start(slow("clang").after(box.launcher().toString()));
        awaitCompiler(observed);
        box.signal("KILL", observed.pid());
        assertThat(observed.status()).isEqualTo(9);
        await("end of all")
                .atMost(Duration.ofSeconds(10))
                .until(() -> Processes.naming(box.work + "/slow.c").isEmpty());
        assertThat(box.work.resolve("slow.o")).doesNotExist();
        nothingIsStored();
    }

    /** The driver of GCC does not take its parts with it; but that is so without Cairn, too, and they make no object. */
    @Test
    void aKilledLauncherLeavesNoMoreThanAKilledDriverDoes() {
        box.start();
        for (String launcher : new String[] {"env", box.launcher().toString()}) {
            Observer.Observed observed = observer.start(slow("gcc").after(launcher));
            long part = awaitCompiler(observed);
            box.signal("KILL", observed.pid());
            observed.status();
            await("nothing but " + part)
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> List.of(part).containsAll(Processes.naming(box.work + "/slow.c")));
            header.end();
            Processes.awaitEnd(part);
            assertThat(box.work.resolve("slow.o")).doesNotExist();
            box.delete("wait.h");
            header = new SlowHeader(box, "wait.h");
        }
        nothingIsStored();
    }

    private void nothingIsStored() {
        Path work = box.work;
        await("counted")
                .atMost(Duration.ofSeconds(10))
                .until(() -> box.stats().path("not_stored").asInt(0) == 1);
        assertThat(box.stats().path("not_stored_reasons").path("killed").asInt())
                .isEqualTo(1);
        assertThat(box.stats().path("cache").path("artifacts").asInt()).isZero();
        assertThat(Files.exists(work.resolve("slow.o"))).isFalse();
    }
}
