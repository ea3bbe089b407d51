package dev.cairn.wrapper.e2e;

import static dev.cairn.wrapper.e2e.SharingMachine.count;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.remote.FaultProxy;
import dev.cairn.remote.FaultProxy.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * Whole builds with a store that does not answer, or takes its time: what it costs is bounded for each build, however many
 * compilations that has, and however many are under way at once.
 */
class SlowStoreIT {
    /** What is documented, and what it takes a busy machine to find that the time is over. */
    private static final Duration MOST = Duration.ofMillis(3000 + 500);

    private static final Duration SLOW = Duration.ofMillis(400);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    static final Sandbox BOX = Sandbox.ofClass();

    private static RemoteServer store;
    private static SortedMap<String, String> wanted;
    private static int machines;

    /** A time during which a compilation waited, in milliseconds since 1970. */
    private record Wait(long begin, long end) {}

    @BeforeAll
    static void fill() throws IOException {
        BOX.expectErrors(); // what stores say is logged
        store = RemoteServer.s3(BOX.root.resolve("server"));
        BOX.useCache(BOX.root.resolve("cache-filler"));
        ParallelBuild part = new ParallelBuild(BOX, "filler", 0);
        wanted = part.bare();
        store.share(part.withCairn(BOX.cache())).run().succeeded();
        store.share(BOX.cairn("stop", "--drain", "--timeout", "60")).run().succeeded();
    }

    @AfterEach
    void stop() {
        BOX.stopIfRunning();
    }

    @AfterAll
    static void close() {
        store.close();
    }

    /**
     * One build.
     *
     * @param headStart how long the compiler is not started
     */
    @ParameterizedTest
    @CsvSource({"hangs, 8, 150ms", "hangs, 1, 60s", "full, 8, 150ms", "full, 1, 60s", "empty, 1, 150ms", "empty, 8, 60s"
    })
    void aBuildIsHeldUpForThreeSecondsAtMost(String how, int atOnce, String headStart) throws IOException {
        String name = "reader-" + ++machines;
        BOX.useCache(BOX.root.resolve("cache-" + name));
        ParallelBuild part = new ParallelBuild(BOX, name, 0);
        try (FaultProxy proxy = FaultProxy.before(store.port())) {
            proxy.set(how.equals("hangs") ? new Fault.Hang() : new Fault.Delay((int) SLOW.toMillis()));
            RemoteServer slow = store.behind(proxy.port());
            slow.share(part.withCairn(BOX.cache(), atOnce))
                    .env("CAIRN_REMOTE_NAMESPACE", how.equals("empty") ? "empty" : "default")
                    .env("CAIRN_REMOTE_MODE", "read-only")
                    .env("CAIRN_REMOTE_HEAD_START", headStart)
                    .run()
                    .succeeded();
            assertThat(part.outputs()).isEqualTo(wanted);
            await().atMost(PATIENCE).until(() -> count(BOX.stats(), "requests") == ParallelBuild.SOURCES);
            assertThat(heldUp(part)).isLessThan(MOST);
        }
    }

    /** Returns for how long anything at all waited for the store. */
    private static Duration heldUp(ParallelBuild part) {
        List<Wait> waits = new ArrayList<>();
        for (int i = 0; i < ParallelBuild.SOURCES; i++) {
            JsonNode event = BOX.explain(part.object(i));
            JsonNode phases = event.path("phases");
            long begin = event.path("time").asLong() + millis(phases, "understand") + millis(phases, "lookup");
            waits.add(new Wait(begin, begin + millis(phases, "remote")));
        }
        waits.sort(Comparator.comparingLong(Wait::begin));
        long held = 0;
        long end = 0;
        for (Wait wait : waits) {
            held += Math.max(0, wait.end() - Math.max(end, wait.begin()));
            end = Math.max(end, wait.end());
        }
        return Duration.ofMillis(held);
    }

    private static long millis(JsonNode phases, String name) {
        return phases.path(name).asLong(0) / 1000;
    }
}
