package dev.cairn.wrapper.e2e;

import static dev.cairn.wrapper.e2e.SharingMachine.count;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.remote.StoreInspection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/**
 * {@code kill -9} at any moment of builds that share what they make: they make what the compiler makes, what is visible in the
 * store is whole, what was made is uploaded or made again, and nothing is left behind.
 */
@Tag("heavy")
class KilledBuildIT {
    private static final int KILLS = Integer.getInteger("cairn.kills", 6);
    private static final int FEW = Math.ceilDiv(KILLS, 4);
    private static final long SEED = Long.getLong("cairn.seed", System.nanoTime());

    /** Some builds are over before, and some daemons serve a whole one. */
    private static final int LONGEST_LIFE_MILLIS = 800;

    @RegisterExtension
    final Sandbox box = new Sandbox();

    private final Random random = new Random(SEED);
    private final List<ParallelBuild> parts = new ArrayList<>();
    private final List<SortedMap<String, String>> wanted = new ArrayList<>();
    private RemoteServer server;
    private StoreInspection store;
    private Path temporary;

    @BeforeEach
    void open() throws IOException {
        temporary = Files.createDirectory(box.root.resolve("tmp"));
        box.useLauncher(Distribution.copyTo(box.root.resolve("distribution"))
                .withJavaOption("-Djava.io.tmpdir=" + temporary)
                .launcher());
        server = RemoteServer.s3(box.root.resolve("server"));
        store = new StoreInspection(server.address(), server.environment(), box.root.resolve("whole"));
        box.useCache(box.root.resolve("cache-a"));
        // Whoever is killed while it starts the daemon has another start a second one, which caches nothing for some
        // seconds.
        box.start();
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void aDaemonThatIsKilledLosesNothing() throws IOException, InterruptedException {
        for (int kills = 0; kills < KILLS; ) {
            ParallelBuild part = newPart();
            Command.Running build = sharing(part).start();
            kills += killDaemonsDuring(build, KILLS - kills);
            assertThat(build.end().succeeded().errText()).as(seed()).isEmpty();
            forgetTrouble();
            assertThat(part.outputs()).as(seed()).isEqualTo(wanted.getLast());
            store.requireWhole();
        }
        makeAgainWhatWasLost();
        assertAllIsShared();
    }

    /** Whoever runs make again, without cleaning, has what the compiler makes. */
    @Test
    void aLauncherThatIsKilledLeavesNothingPartial() throws IOException, InterruptedException {
        // for a while
        for (int kills = 0; kills < FEW; ) {
            ParallelBuild part = newPart();
            boolean built = false;
            while (!built) {
                Command.Running build = sharing(part).start();
                kills += killLauncherDuring(build);
                built = build.end().exit() == 0;
            }
            assertThat(part.outputs()).as(seed()).isEqualTo(wanted.getLast());
            store.requireWhole();
        }
        makeAgainWhatWasLost();
        assertAllIsShared();
    }

    /**
     * As when a job is cancelled. What the compilers under way leave is theirs: gcc's assembler writes to the object's own name.
     * Of what Cairn delivers nothing is ever partial.
     */
    @Test
    void aBuildThatIsKilledAsAWholeLeavesNothingPartialButWhatItsCompilersWrote()
            throws IOException, InterruptedException {
        Observer observer = new Observer(box);
        for (int kills = 0; kills < FEW; ) {
            ParallelBuild part = newPart();
            kills += killGroup(observer.start(sharing(part)));
            part.remove(assertIsWholeBut(part, ParallelBuild.AT_ONCE).keySet());
            sharing(part).run().succeeded();
            assertThat(part.outputs()).as(seed()).isEqualTo(wanted.getLast());
            store.requireWhole();
        }
        makeAgainWhatWasLost();
        for (int kills = 0; kills < FEW; ) { // when all are hits
            ParallelBuild part = parts.getFirst();
            part.clean();
            kills += killGroup(observer.start(sharing(part)));
            assertIsWholeBut(part, 0);
        }
        assertThat(box.daemons())
                .as("still the first, which is in no group of a build")
                .hasSize(1);
        makeAgainWhatWasLost();
        assertAllIsShared();
    }

    private ParallelBuild newPart() {
        ParallelBuild part = new ParallelBuild(box, "a", parts.size());
        parts.add(part);
        wanted.add(part.bare());
        return part;
    }

    private Command sharing(ParallelBuild part) {
        return slowly(server.share(part.withCairn(box.cache())));
    }

    /** So that much is still to be uploaded when the end comes. */
    private static Command slowly(Command command) {
        return command.env("CAIRN_REMOTE_UPLOAD_LIMIT", "1M");
    }

    private static String seed() {
        return "with -Dcairn.seed=" + SEED;
    }

    private boolean endsFirst(Process build) throws InterruptedException {
        return build.waitFor(random.nextInt(LONGEST_LIFE_MILLIS), TimeUnit.MILLISECONDS);
    }

    private int killDaemonsDuring(Command.Running build, int most) throws IOException, InterruptedException {
        int kills = 0;
        while (kills < most && !endsFirst(build.process())) {
            for (long daemon : box.daemons()) {
                ProcessHandle.of(daemon).ifPresent(ProcessHandle::destroyForcibly);
                kills++;
            }
            forgetTrouble();
        }
        return kills;
    }

    /** Launchers leave alone for a while a daemon that dies whenever it starts; the test does not wait for that. */
    private void forgetTrouble() throws IOException {
        Files.deleteIfExists(box.cache().resolve("run/trouble"));
    }

    private int killLauncherDuring(Command.Running build) throws InterruptedException {
        if (endsFirst(build.process())) {
            return 0;
        }
        List<Long> launchers = Processes.naming(box.launcher() + "\0gcc\0");
        launchers.stream()
                .limit(1)
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .forEach(ProcessHandle::destroyForcibly);
        return Math.min(1, launchers.size());
    }

    private int killGroup(Observer.Observed build) throws InterruptedException {
        if (!endsFirst(build.running().process())) {
            box.bare("kill", "-KILL", "--", "-" + build.pid()).run();
        }
        return build.status() == 0 ? 0 : 1;
    }

    /** Returns those outputs that are there and not what the compiler makes. */
    private SortedMap<String, String> assertIsWholeBut(ParallelBuild part, int most) {
        SortedMap<String, String> wrong = new TreeMap<>(part.outputs());
        wrong.entrySet().removeAll(wanted.get(parts.indexOf(part)).entrySet());
        assertThat(wrong.keySet().stream()
                        .map(name -> name.substring(0, name.indexOf('.')))
                        .distinct())
                .as(seed() + " " + wrong)
                .hasSizeLessThanOrEqualTo(most);
        return wrong;
    }

    private void makeAgainWhatWasLost() {
        for (int i = 0; i < parts.size(); i++) {
            parts.get(i).clean();
            sharing(parts.get(i)).run().succeeded();
            assertThat(parts.get(i).outputs()).as(seed()).isEqualTo(wanted.get(i));
        }
    }

    private void assertAllIsShared() throws IOException {
        Result drained = slowly(server.share(box.cairn("stop", "--drain", "--timeout", "120")))
                .run();
        assertThat(drained.succeeded().outText()).as(seed()).contains("uploads done");
        int compilations = parts.size() * ParallelBuild.SOURCES;
        store.forget();
        Map<String, Integer> visible = store.requireWhole();
        assertThat(visible).as(seed()).containsEntry("a", compilations).containsEntry("m", compilations);
        assertNothingIsLeftBehind(compilations);
        assertAnotherMachineHits(compilations);
    }

    /** Beside what is in the run directory itself, which is always the same, and the database. */
    private void assertNothingIsLeftBehind(int compilations) throws IOException {
        Path run = box.cache().resolve("run");
        Path kept = box.cache().resolve("store-1");
        List<Path> left = new ArrayList<>(files(temporary));
        files(run).stream()
                .filter(file -> run.relativize(file).getNameCount() > 1)
                .forEach(left::add);
        files(kept).stream()
                .filter(file -> kept.relativize(file).toString().matches("(tmp|discarded).*"))
                .forEach(left::add);
        assertThat(left).as(seed()).isEmpty();
        assertThat(files(kept.resolve("blobs"))).as(seed()).hasSizeLessThanOrEqualTo(compilations);
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    /** A build does not wait long for a store that is being opened on a machine that is busy. */
    private void awaitStore() {
        box.write("nothing.c", "");
        server.share(box.cairn("gcc", "-c", "nothing.c")).run().succeeded();
        await("the store").until(() -> box.remote().path("state").asString("").equals("ok"));
    }

    private void assertAnotherMachineHits(int compilations) {
        box.useCache(box.root.resolve("cache-b"));
        awaitStore();
        for (int i = 0; i < parts.size(); i++) {
            ParallelBuild part = new ParallelBuild(box, "another/b", i);
            sharing(part)
                    .env("CAIRN_REMOTE_TIMEOUT", "10s")
                    .env("CAIRN_REMOTE_HEAD_START", "10s") // a slow machine is no fault of the store
                    .run()
                    .succeeded();
            assertThat(part.outputs()).as(seed()).isEqualTo(wanted.get(i));
        }
        // A request is counted when its connection closes, and one more awaited the store.
        JsonNode stats = await().until(box::stats, now -> count(now, "requests") == compilations + 1);
        assertThat(count(stats, "hits", "remote")).as(seed() + " " + stats).isEqualTo(compilations);
        box.stopIfRunning();
    }
}
