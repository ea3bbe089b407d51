package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.ChangeFeed;
import dev.cairn.cache.Digest;
import dev.cairn.cache.Expectation;
import dev.cairn.cache.Expectations;
import dev.cairn.cache.FileStates;
import dev.cairn.cache.Hasher;
import dev.cairn.cache.LocalCache;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.cache.NewArtifact;
import dev.cairn.cache.WatchedFile;
import dev.cairn.wrapper.protocol.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The steps of a hit inside the daemon, one by one. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class HitPath {
    /** A request, its environment the same instance every time as in a build, or another one each time. */
    @State(Scope.Benchmark)
    public static class Requests {
        private final List<String> arguments = List.of("g++", "-std=c++17", "-O1", "-Iinclude", "-c", "a.cpp", "-o", "a.o");
        private Map<String, String> environment = Map.of();
        private Request known = request();

        @Setup
        public void make() {
            Map<String, String> variables = new HashMap<>();
            for (int i = 0; i < 60; i++) {
                variables.put("VARIABLE_" + i, "/some/path/of/a/build/" + i);
            }
            environment = Map.copyOf(variables);
            known = request();
        }

        private Request request() {
            return new Request(false, false, 1, 2, "/home/user/project", "/usr/bin/g++", arguments, environment);
        }
    }

    /** Some 230 files below /usr/include that are looked at together. */
    @State(Scope.Benchmark)
    public static class Inputs {
        @Param({"false", "true"})
        public boolean changeFeed;

        private Expectations expectations = new Expectations(List.of());

        @Setup(Level.Trial)
        public void make() throws IOException {
            FileStates files = new FileStates(Optional::empty);
            List<Expectation> list = new ArrayList<>();
            try (Stream<Path> paths = Files.walk(Path.of("/usr/include"))) {
                paths.filter(Files::isRegularFile).limit(230).forEach(path -> {
                    WatchedFile file = files.at(path.toString());
                    file.content().ifPresent(content -> list.add(file.expectContent(content)));
                });
            }
            expectations = new Expectations(list);
            ChangeFeed.use(changeFeed);
        }

        @TearDown
        public void close() {
            ChangeFeed.use(false);
        }
    }

    /** A cache of 1,000 made-up artifacts. */
    @State(Scope.Benchmark)
    public static class Stored {
        private ArtifactCache cache;
        private NewArtifact artifact;
        private Digest[] contexts;
        private int next;

        @Setup
        public void make() throws Exception {
            Path directory = Files.createTempDirectory("micro");
            Path output = Files.writeString(directory.resolve("a.o"), "object");
            artifact = new NewArtifact(
                    List.of(new NewArtifact.NewOutput.Written("main", output.toString())), new byte[0], new byte[0]);
            cache = LocalCache.open(directory, 1L << 40, FileStates::signatureOf);
            contexts = new Digest[1000];
            for (int i = 0; i < contexts.length; i++) {
                contexts[i] = store(i);
            }
        }

        private Digest store(long number) throws IOException {
            Digest context = Hasher.of("micro context").putLong(number).finish();
            Digest key = Hasher.of("micro artifact").putLong(number).finish();
            cache.store(
                    context,
                    new ManifestEntry(
                            List.of(new ManifestEntry.Input("a.h", key)), List.of("include"), List.of(), List.of(), List.of(), "", key),
                    artifact);
            return context;
        }

        @TearDown
        public void close() {
            cache.close();
        }
    }

    @Benchmark
    public Object requestKey(Requests requests) {
        return RequestKey.of(requests.known);
    }

    @Benchmark
    public boolean verification(Inputs inputs) {
        return inputs.expectations.hold();
    }

    @Benchmark
    public Object manifestAndArtifact(Stored stored) {
        Digest context = stored.contexts[stored.next++ % stored.contexts.length];
        try (var artifact = stored.cache.pin(context, stored.cache.manifest(context).getFirst().artifact()).orElseThrow()) {
            return artifact.artifact();
        }
    }

    @Benchmark
    public Digest ingest(Stored stored) throws IOException {
        return stored.store(stored.contexts.length + stored.next++);
    }
}
