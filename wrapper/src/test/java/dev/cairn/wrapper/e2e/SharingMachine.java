package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/** A machine that may share a store: a cache directory, a daemon and a checkout of its own of the same project. */
final class SharingMachine {
    static final int SOURCES = 6;

    /** What the project's header may say instead. */
    static final String OTHER_HEADER = "#define BASE 200\nstatic inline int half(int x) { return x / 3; }\n";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Sandbox box;
    private final Path cache;
    private final Path checkout;
    private final UnaryOperator<Command> settings;
    private long requests;

    SharingMachine(Sandbox box, String name, UnaryOperator<Command> settings) {
        this.box = box;
        this.settings = settings;
        cache = box.root.resolve("cache-" + name);
        box.write(name + "/project/.git/HEAD", "ref: refs/heads/main\n");
        box.write(name + "/project/inc/h.h", "#define BASE 100\nstatic inline int half(int x) { return x / 2; }\n");
        box.directory(name + "/project/build");
        checkout = box.work.resolve(name).resolve("project");
        changeSources(0);
    }

    /** Writes the sources anew; with another number they are other ones. */
    void changeSources(int number) {
        for (int i = 0; i < SOURCES; i++) {
            box.write(
                    box.work.relativize(checkout).resolve("src/f" + i + ".c").toString(),
                    "#include <assert.h>\n#include \"h.h\"\nint f" + i
                            + "(int x) { int unused; assert(x); return half(x) + BASE + " + (i + 100 * number)
                            + "; }\n");
        }
    }

    /** Builds everything, and fails unless it is what the compiler makes; returns the counters. */
    JsonNode build() throws IOException {
        return build(SOURCES);
    }

    /** Builds the first few sources. */
    JsonNode build(int sources) throws IOException {
        box.useCache(cache);
        Map<String, String> wanted = compile(sources, command -> command.with("-ffile-prefix-map=" + checkout + "=."));
        Map<String, String> found = compile(sources, this::withCairn);
        assertThat(found).isEqualTo(wanted);
        requests += sources;
        return stats(requests);
    }

    /** Compiles the first few sources, and does not wait until that is counted. */
    void compile(int sources) throws IOException {
        box.useCache(cache);
        compile(sources, this::withCairn);
        requests += sources;
    }

    private Command withCairn(Command command) {
        return settings.apply(command)
                .env("CAIRN_DIR", cache.toString())
                .after(box.launcher().toString());
    }

    private JsonNode stats(long requests) {
        return await().atMost(PATIENCE)
                .until(box::stats, now -> now.path("requests").asLong(0) >= requests);
    }

    private Map<String, String> compile(int sources, UnaryOperator<Command> with) throws IOException {
        Map<String, String> made = new TreeMap<>();
        for (int i = 0; i < sources; i++) {
            Command command = box.bare("gcc", "-O1", "-Wall", "-g", "-MD", "-I" + checkout + "/inc", "-c")
                    .with(checkout + "/src/f" + i + ".c", "-o", "f" + i + ".o")
                    .in(checkout.resolve("build"))
                    .env("CAIRN_PATH_REMAP", "auto")
                    .env("CAIRN_REMOTE_TIMEOUT", "10s") // a slow machine is no fault of the store
                    .env("CAIRN_REMOTE_HEAD_START", "10s");
            Result result = with.apply(command).run().succeeded();
            made.put("f" + i + " messages", result.errText());
            for (String suffix : List.of(".o", ".d")) {
                Path file = checkout.resolve("build/f" + i + suffix);
                made.put("f" + i + suffix, Files.readString(file, StandardCharsets.ISO_8859_1));
                Files.delete(file);
            }
        }
        box.settle();
        return made;
    }

    Command cairn(String... words) {
        return settings.apply(box.cairn(words)).env("CAIRN_DIR", cache.toString());
    }

    /** Warms up in the build directory; returns what that came to. */
    JsonNode warm(String... words) {
        return Sandbox.json(cairn("warm", "--json").with(words).in(checkout.resolve("build")));
    }

    void checkOut(String branch) {
        box.write(box.work.relativize(checkout.resolve(".git/HEAD")).toString(), "ref: refs/heads/" + branch + "\n");
    }

    void drain() {
        box.useCache(cache);
        assertThat(cairn("stop", "--drain", "--timeout", "60").run().succeeded().outText())
                .contains("uploads done");
    }

    void stop() {
        box.useCache(cache);
        box.stopIfRunning();
    }

    Path cache() {
        return cache;
    }

    /** Returns a number of what {@code stats} or another command told; -1 when it is not there. */
    static long count(JsonNode stats, String... path) {
        JsonNode node = stats;
        for (String name : path) {
            node = node.path(name);
        }
        return node.asLong(-1);
    }
}
