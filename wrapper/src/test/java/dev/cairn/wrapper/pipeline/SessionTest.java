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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a build does between the question for a compilation and the moment at which its result is taken in. */
class SessionTest {
    private static final String ASKS =
            "#if __has_include(<maybe.h>) || __has_include(<sub/maybe.h>) || __has_include(<sub/../maybe.h>)\nint there;\n#endif\n";

    @TempDir
    Path directory;

    private final CountDownLatch released = new CountDownLatch(1);
    private Step beforeTheStart = () -> {};
    private Step whileItRuns = () -> {};
    private Step whileItRan = () -> {};
    private long start;
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
        compile(() -> replace("work/one", "work/other"));
        assertThat(isHit()).as("the compiler would read one/value.h now").isFalse();
    }

    @Test
    void aResponseFileIsNotTheOneThatTookItsPlaceMeanwhile() throws Exception {
        write("work/flags/args", "-DVALUE=OWN");
        write("work/later/args", "-DVALUE=7");
        write("work/two/value.h", "");
        arguments = List.of("gcc", "@flags/args", "-Ione", "-Itwo", "-c", "use.c", "-o", "use.o");
        compile(() -> replace("work/flags", "work/later"));
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
        compile(() -> replace("work/one", "work/other"));
        assertThat(isHit()).isFalse();
    }

    @Test
    void whatAsksForHeadersIsStoredThoughABuildWritesOutputsBesideThem() throws Exception {
        write("work/use.c", "#include <own.h>\n" + ASKS);
        write("work/sub/before.o", "");
        write("work/one/before.o", "");
        arguments = List.of("gcc", "-I.", "-Inowhere/at/all", "-Ione/", "-c", "use.c", "-o", "use.o");
        compile(() -> {});
        write("work/use.c", "int value;\n#include <own.h>\n" + ASKS);
        assertThat(isHit()).isFalse();
        whileItRuns = () -> {
            write("work/other.o", "");
            write("work/sub/other.o", "");
            Files.delete(directory.resolve("work/one/before.o"));
            write("work/one/before.o", "");
        };
        compile(() -> write("work/sub/next.o", ""));
        assertThat(isHit()).isTrue();
        write("work/sub/maybe.h", "");
        assertThat(isHit()).isFalse();
    }

    @Test
    void aPrecompiledHeaderThatIsGoneMeanwhileMayHaveBeenUsed() throws Exception {
        precompile("work/one/own.h");
        compile(() -> Files.delete(directory.resolve("work/one/own.h.gch")));
        write("work/one/own.h", "#define OWN 5\n");
        assertThat(isHit()).as("the compiler's list does not name own.h").isFalse();
    }

    @Test
    void aPrecompiledHeaderInASubdirectoryThatIsGoneMeanwhileMayHaveBeenUsed() throws Exception {
        write("work/use.c", "#include <sub/own.h>\nint value = OWN;\n");
        write("work/one/sub/own.h", "#define OWN 1\n");
        precompile("work/one/sub/own.h");
        compile(() -> Files.delete(directory.resolve("work/one/sub/own.h.gch")));
        write("work/one/sub/own.h", "#define OWN 5\n");
        assertThat(isHit()).isFalse();
    }

    @Test
    void aPrecompiledHeaderThatWasForcedAndIsGoneMeanwhileMayHaveBeenUsed() throws Exception {
        write("work/use.c", "int value = OWN;\n");
        write("work/pre/all.h", "#define OWN 1\n");
        precompile("work/pre/all.h");
        arguments = List.of("gcc", "-include", "pre/all.h", "-c", "use.c", "-o", "use.o");
        compile(() -> Files.delete(directory.resolve("work/pre/all.h.gch")));
        write("work/pre/all.h", "#define OWN 5\n");
        assertThat(isHit()).isFalse();
    }

    @Test
    void headersInASubdirectoryAreNoReasonForDoubtThoughABuildWritesOutputsThere() throws Exception {
        write("work/use.c", "#include \"sub/own.h\"\nint value = OWN;\n");
        write("work/sub/own.h", "#define OWN 1\n");
        arguments = List.of("gcc", "-I.", "-c", "use.c", "-o", "use.o");
        whileItRuns = () -> write("work/sub/other.o", "");
        compile(() -> write("work/sub/next.o", ""));
        assertThat(isHit()).isTrue();
    }

    @Test
    void aDirectoryThatIsExchangedAndWrittenToWhileTheCompilerRunsIsNotTheOneThatWasRead() throws Exception {
        write("work/other/own.h", "#define OWN 7\n");
        whileItRan = () -> {
            replace("work/one", "work/other");
            write("work/one/stamp", "");
        };
        isCaptured(() -> {});
        assertThat(isHit()).isFalse();
    }

    @Test
    void aDirectoryThatIsPutBelowOneThatIsSearchedWasNotThere() throws Exception {
        write("work/use.c", ASKS);
        write("work/prebuilt/maybe.h", "");
        whileItRan = () -> {
            Files.move(directory.resolve("work/prebuilt"), directory.resolve("work/one/sub"));
            write("work/one/sub/stamp", "");
        };
        isCaptured(() -> {});
        assertThat(isHit()).isFalse();
    }

    @Test
    void aLinkThatIsSetAnewWhileTheCompilerRunsIsNotTheFileThatWasRead() throws Exception {
        write("work/new/own.h", "#define OWN 7\n");
        Files.move(directory.resolve("work/one/own.h"), directory.resolve("work/own1.h"));
        Path link = directory.resolve("work/one/own.h");
        Files.createSymbolicLink(link, Path.of("../own1.h"));
        whileItRan = () -> setAnew(link, "../new/own.h");
        isCaptured(() -> {});
        assertThat(isHit()).isFalse();
    }

    @Test
    void aLinkOnTheWayOfALinkThatIsSetAnewLeadsElsewhere() throws Exception {
        write("sdk/1/sub/own.h", "#define OWN 1\n");
        write("sdk/2/sub/own.h", "#define OWN 7\n");
        write("work/use.c", "#include <sub/own.h>\nint value = OWN;\n");
        Path current = directory.resolve("sdk/current");
        Files.createSymbolicLink(current, Path.of("1"));
        Files.createSymbolicLink(directory.resolve("work/one/sub"), current.resolve("sub"));
        whileItRan = () -> setAnew(current, "2");
        isCaptured(() -> {});
        assertThat(isHit()).isFalse();
    }

    @Test
    void aDirectoryInThePlaceOfAHeaderThatWasAskedForIsNotThatHeader() throws Exception {
        write("work/use.c", ASKS);
        write("work/one/maybe.h", "");
        compile(() -> {
            Files.delete(directory.resolve("work/one/maybe.h"));
            Files.createDirectory(directory.resolve("work/one/maybe.h"));
        });
        assertThat(isHit()).isFalse();
    }

    @Test
    void aResponseFileThatWasWrittenInTheTickOfTheStartIsNoReasonForDoubt() throws Exception {
        write("work/two/value.h", "");
        write("work/args", "-DVALUE=1");
        arguments = List.of("gcc", "@args", "-Ione", "-Itwo", "-c", "use.c", "-o", "use.o");
        start = FileStates.signatureOf(directory.resolve("work/args").toString())
                .orElseThrow()
                .ctime();
        compile(() -> {});
        assertThat(isHit()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "#include \"%s/work/one/own.h\"",
                "#include \"../work/one/own.h\"",
                "#include \"./one/own.h\"",
                "#include <sub/mirrored.h>",
                "#include <own.h>\n#ifdef NEVER\n#include \"sub/never.h\"\n#endif",
                "#include <own.h>\n#ifdef NEVER\n#include <tool/never.h>\n#endif",
                "#include <own.h>\n#if __has_include(\"%s/work/sub/none.h\") || __has_include(\"../none.h\")\n#endif"
            })
    void whatDoesNotChangeIsNoReasonForDoubtThoughOutputsAreWrittenEverywhere(String includes) throws Exception {
        write("work/use.c", includes.replace("%s", directory.toString()) + "\nint value = OWN;\n");
        write("work/mirror/sub/mirrored.h", "#define OWN 1\n");
        write("work/sub/never.h", "");
        write("work/sub/before.o", "");
        write("work/tool", "");
        arguments = List.of("gcc", "-I.", "-Ione", "-I", "mirror/.", "-c", "use.c", "-o", "sub/use.o");
        whileItRan = () -> {
            write("work/tool", "other");
            write("work/other.o", "");
            write("work/sub/other.o", "");
            write("work/one/other.o", "");
            write("work/mirror/sub/other.o", "");
            write("stamp", "");
        };
        compile(() -> write("work/sub/next.o", ""));
        assertThat(isHit()).isTrue();
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

    private void replace(String path, String other) throws IOException {
        Files.move(directory.resolve(path), directory.resolve("work/before"));
        Files.move(directory.resolve(other), directory.resolve(path));
    }

    private static void setAnew(Path link, String target) throws IOException {
        Files.delete(link);
        Files.createSymbolicLink(link, Path.of(target));
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

    /** What the clock says when the compiler may start. */
    private long startOfCompiler() {
        if (start > 0) {
            long tick = start;
            start = 0;
            return tick;
        }
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
            whileItRan.run();
            TimeUnit.MILLISECONDS.sleep(50);
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

    private void precompile(String header) throws Exception {
        List<String> command = List.of(
                "/usr/bin/gcc", "-x", "c-header", directory.resolve(header).toString());
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
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
