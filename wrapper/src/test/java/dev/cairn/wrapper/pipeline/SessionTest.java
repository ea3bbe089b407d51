package dev.cairn.wrapper.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cache.CoarseClock;
import dev.cairn.cache.Digest;
import dev.cairn.cache.FileStates;
import dev.cairn.cache.Hasher;
import dev.cairn.cache.LocalCache;
import dev.cairn.remote.RemoteTier;
import dev.cairn.wrapper.config.Settings;
import dev.cairn.wrapper.config.SettingsSource.Resolved;
import dev.cairn.wrapper.events.EventLog;
import dev.cairn.wrapper.events.Statistics;
import dev.cairn.wrapper.protocol.Answer;
import dev.cairn.wrapper.protocol.Finished;
import dev.cairn.wrapper.protocol.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a build does between the compiler's end and the moment at which its result is taken in. */
class SessionTest {
    @TempDir
    Path directory;

    private final CountDownLatch released = new CountDownLatch(1);
    private Step beforeTheStart = () -> {};
    private Step whileItRuns = () -> {};
    private List<String> arguments = List.of("gcc", "-Ione", "-Itwo", "-c", "use.c", "-o", "use.o");
    private LocalCache cache;
    private Pipeline pipeline;

    @BeforeEach
    void open() throws Exception {
        cache = LocalCache.open(directory.resolve("cache"), 1 << 30, FileStates::signatureOf);
        Resolved settings = new Resolved(Settings.defaults(), List.of(), Map.of());
        pipeline = new Pipeline(
                new FileStates(Optional::empty),
                () -> Optional.of(cache),
                environment -> settings,
                new EventLog(new Statistics(), Optional::empty),
                this::startOfCompiler,
                new NoRemote(),
                directory.resolve("scratch"));
        write("work/use.c", "#include <own.h>\n#include <value.h>\nint value = VALUE + OWN;\n");
        write("work/one/own.h", "#define OWN 1\n");
        write("work/two/value.h", "#define VALUE 2\n");
    }

    @AfterEach
    void close() {
        released.countDown();
        pipeline.close();
        cache.close();
    }

    @Test
    void whatIsTakenInLaterIsFoundAgain() throws Exception {
        compile(() -> {});
        assertThat(isHit()).isTrue();
    }

    @Test
    void aBuildMayWriteTheNextSourceOverThisOneAtOnce() throws Exception {
        String source = Files.readString(directory.resolve("work/use.c"));
        compile(() -> {
            write("work/use.c", "int other;\n");
            write("work/use.o", "");
        });
        assertThat(isHit()).isFalse();
        write("work/use.c", source);
        assertThat(isHit()).isTrue();
    }

    @Test
    void aDirectoryThatIsExchangedMeanwhileIsNotTheOneThatWasRead() throws Exception {
        write("work/other/own.h", "#define OWN 1\n");
        write("work/other/value.h", "#define VALUE 9\n");
        compile(() -> {
            Files.move(directory.resolve("work/one"), directory.resolve("work/before"));
            Files.move(directory.resolve("work/other"), directory.resolve("work/one"));
        });
        assertThat(isHit()).as("the compiler would read one/value.h now").isFalse();
    }

    @Test
    void aResponseFileIsNotTheOneThatTookItsPlaceMeanwhile() throws Exception {
        write("work/flags/args", "-DVALUE=OWN");
        write("work/later/args", "-DVALUE=7");
        write("work/two/value.h", "");
        arguments = List.of("gcc", "@flags/args", "-Ione", "-Itwo", "-c", "use.c", "-o", "use.o");
        compile(() -> {
            Files.move(directory.resolve("work/flags"), directory.resolve("work/before"));
            Files.move(directory.resolve("work/later"), directory.resolve("work/flags"));
        });
        assertThat(isHit()).isFalse();
    }

    @Test
    void aResponseFileThatIsWrittenBeforeTheStartIsNotTheOneThatWasParsed() throws Exception {
        write("work/args", "-DVALUE=1");
        write("work/two/value.h", "");
        arguments = List.of("gcc", "@args", "-Ione", "-Itwo", "-c", "use.c", "-o", "use.o");
        beforeTheStart = () -> write("work/args", "-DVALUE=2");
        assertThat(isCaptured(() -> {})).as("the compiler read -DVALUE=2").isFalse();
        beforeTheStart = () -> {};
        write("work/args", "-DVALUE=1");
        assertThat(isHit()).isFalse();
    }

    @Test
    void aResponseFileIsReadAgainByEveryInvocation() throws Exception {
        write("work/args", "-DVALUE=1");
        write("work/two/value.h", "");
        arguments = List.of("gcc", "@args", "-Ione", "-Itwo", "-c", "use.c", "-o", "use.o");
        compile(() -> {});
        assertThat(isHit()).isTrue();
        write("work/args", "-DVALUE=2");
        assertThat(isHit()).isFalse();
        write("work/args", "-DVALUE=1");
        assertThat(isHit()).isTrue();
    }

    private static final String ASKS =
            "#if __has_include(<maybe.h>) || __has_include(<sub/maybe.h>) || __has_include(<sub/..>)\nint there;\n#endif\n";

    @Test
    void aHeaderThatWasAskedForAndIsGoneMeanwhileWasThere() throws Exception {
        write("work/use.c", ASKS);
        write("work/one/maybe.h", "");
        compile(() -> Files.delete(directory.resolve("work/one/maybe.h")));
        assertThat(isHit()).as("the compiler would not find maybe.h now").isFalse();
    }

    @Test
    void aHeaderInASubdirectoryThatWasAskedForAndIsGoneMeanwhileWasThere() throws Exception {
        write("work/use.c", ASKS);
        write("work/one/sub/maybe.h", "");
        compile(() -> Files.delete(directory.resolve("work/one/sub/maybe.h")));
        assertThat(isHit()).isFalse();
    }

    @Test
    void aHeaderThatWasAskedForBesideAHeaderAndIsGoneMeanwhileWasThere() throws Exception {
        write("work/use.c", "#include <sub/asks.h>\n");
        write("work/one/sub/asks.h", "#if __has_include(\"maybe.h\")\nint there;\n#endif\nint value;\n");
        write("work/one/sub/maybe.h", "");
        compile(() -> Files.delete(directory.resolve("work/one/sub/maybe.h")));
        assertThat(isHit()).isFalse();
    }

    @Test
    void aDirectoryWithWhatWasAskedForThatIsGoneMeanwhileWasThere() throws Exception {
        write("work/use.c", ASKS);
        write("work/one/maybe.h", "");
        compile(() -> Files.move(directory.resolve("work/one"), directory.resolve("work/before")));
        assertThat(isHit()).isFalse();
    }

    @Test
    void aDirectoryWithWhatWasAskedForThatIsExchangedMeanwhileWasThere() throws Exception {
        write("work/use.c", ASKS);
        write("work/one/maybe.h", "");
        write("work/other/own.h", "");
        compile(() -> {
            Files.move(directory.resolve("work/one"), directory.resolve("work/before"));
            Files.move(directory.resolve("work/other"), directory.resolve("work/one"));
        });
        assertThat(isHit()).isFalse();
    }

    @Test
    void aHeaderThatWasAskedForAndCameAndWentMeanwhileMayHaveBeenThere() throws Exception {
        write("work/use.c", ASKS);
        whileItRuns = () -> write("work/one/maybe.h", "");
        compile(() -> Files.delete(directory.resolve("work/one/maybe.h")));
        assertThat(isHit()).isFalse();
    }

    @Test
    void whatAsksForHeadersIsStoredThoughABuildWritesOutputsBesideThem() throws Exception {
        write("work/use.c", "#include <own.h>\n" + ASKS);
        write("work/one/sub/own.h", "");
        arguments = List.of("gcc", "-I.", "-Inowhere/at/all", "-Ione", "-c", "use.c", "-o", "use.o");
        whileItRuns = () -> write("work/other.o", "");
        compile(() -> write("work/next.o", ""));
        assertThat(isHit()).isTrue();
        write("work/sub/maybe.h", "");
        assertThat(isHit()).isFalse();
    }

    @Test
    void aHeaderOfTheSystemThatChangesMeanwhileIsNotTheOneThatWasRead() throws Exception {
        write("system/value.h", "#define VALUE 3\n");
        Files.delete(directory.resolve("work/two/value.h"));
        compile(() -> write("system/value.h", "#define VALUE 4\n"));
        assertThat(isHit()).isFalse();
        write("system/value.h", "#define VALUE 3\n");
        assertThat(isHit()).as("nothing was stored").isFalse();
    }

    private void write(String path, String text) throws IOException {
        Path file = directory.resolve(path);
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, text);
    }

    private Request request() throws IOException {
        Path work = directory.resolve("work");
        long device = ((Number) Files.getAttribute(work, "unix:dev")).longValue();
        long inode = ((Number) Files.getAttribute(work, "unix:ino")).longValue();
        return new Request(
                false,
                false,
                (((device >> 8) & 0xfff) << 32) | (device & 0xff),
                inode,
                work.toString(),
                "/usr/bin/gcc",
                arguments,
                Map.of(
                        "PATH",
                        "/usr/bin:/bin",
                        "CPATH",
                        directory.resolve("system").toString()));
    }

    /** Something that a build does. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    private long startOfCompiler() {
        try {
            beforeTheStart.run();
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return CoarseClock.now();
    }

    /** Compiles for real; what comes next happens when the launcher has gone on, and before anything is taken in. */
    private void compile(Step next) throws Exception {
        assertThat(isCaptured(next)).isTrue();
    }

    private boolean isCaptured(Step next) throws Exception {
        boolean captured;
        TimeUnit.MILLISECONDS.sleep(50); // what was just written is old then
        try (Session session = pipeline.session(request())) {
            Answer.Run run = (Answer.Run) session.first();
            session.meanwhile();
            whileItRuns.run();
            Finished finished = run(run);
            occupyWorkers();
            captured = session.finished(finished);
        }
        TimeUnit.MILLISECONDS.sleep(50);
        next.run();
        TimeUnit.MILLISECONDS.sleep(50);
        released.countDown();
        pipeline.intake.settle();
        return captured;
    }

    private Finished run(Answer.Run run) throws Exception {
        Path list = directory.resolve("list.d");
        List<String> arguments = new ArrayList<>(run.arguments());
        arguments.set(0, "/usr/bin/gcc");
        arguments.set(run.dependencies(), list.toString());
        ProcessBuilder builder = new ProcessBuilder(arguments)
                .directory(directory.resolve("work").toFile());
        builder.environment().putAll(request().environment());
        assertThat(builder.inheritIO().start().waitFor()).isZero();
        return new Finished(0, false, false, new byte[0], new byte[0], Optional.of(Files.readAllBytes(list)));
    }

    private void occupyWorkers() {
        for (int i = 0; i < Intake.THREADS; i++) {
            Digest name = Hasher.content(new byte[] {(byte) i});
            pipeline.intake.submit(List.of(name), () -> {
                try {
                    released.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }

    private boolean isHit() throws IOException {
        try (Session session = pipeline.session(request())) {
            return session.first() instanceof Answer.Hit;
        }
    }

    private static final class NoRemote implements RemoteSource {
        @Override
        public Optional<RemoteTier> of(Settings settings, Map<String, String> environment) {
            return Optional.empty();
        }

        @Override
        public Optional<RemoteTier> opened(Settings settings, Map<String, String> environment) {
            return Optional.empty();
        }

        @Override
        public void prepare(Settings settings, Map<String, String> environment) {}
    }
}
