package dev.cairn.wrapper.pipeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.cairn.cache.ArtifactCache;
import dev.cairn.cache.Expectation;
import dev.cairn.cache.Expectations;
import dev.cairn.cache.FileSignature;
import dev.cairn.cache.FileStates;
import dev.cairn.cache.Hasher;
import dev.cairn.cache.Records;
import dev.cairn.wrapper.events.Fields;
import dev.cairn.wrapper.family.Compiler;
import dev.cairn.wrapper.family.CompilerProbe;
import dev.cairn.wrapper.family.CompilerProbe.Probed;
import dev.cairn.wrapper.family.Paths;
import dev.cairn.wrapper.protocol.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;

/**
 * The compilers that were probed. An answer is kept as long as every tool behind it has the content it had; who asks
 * while the same probe runs waits for it. Thread-safe.
 */
final class Compilers {
    private static final long MOST = 500;

    private static final String PREFIX = "compiler:";

    private final FileStates files;
    private final Supplier<Optional<ArtifactCache>> cache;
    private final CompilerProbe probe;
    private final Cache<Key, Answer> known =
            Caffeine.newBuilder().executor(Runnable::run).maximumSize(MOST).build();

    /**
     * An answer, and what it rests on.
     *
     * @param files those that must have the content they had, and those that must not be there
     */
    private record Answer(Probed probed, Expectations files) {}

    private record Key(
            String path, String real, List<String> arguments, String directory, SortedMap<String, String> environment) {
        byte[] name() {
            Hasher hasher = Hasher.of("probe")
                    .putLong(Context.SCHEMA)
                    .put(path)
                    .put(real)
                    .putAll(arguments)
                    .put(directory)
                    .putAll(environment.keySet())
                    .putAll(environment.values());
            return (PREFIX + hasher.finish().hex()).getBytes(StandardCharsets.US_ASCII);
        }
    }

    /**
     * Makes an empty set.
     *
     * @param cache where answers are kept over restarts, when there is such a place (yet)
     */
    Compilers(FileStates files, Supplier<Optional<ArtifactCache>> cache) {
        this.files = files;
        this.cache = cache;
        this.probe = new CompilerProbe(path -> files.at(path).content(), this::state);
    }

    /** Finds out what a request's compiler is, given the arguments that decide which tools it uses. */
    Probed of(Request request, List<String> arguments) {
        SortedMap<String, String> environment = RelevantEnvironment.probing(request);
        boolean anywhere = arguments.isEmpty() && pathIsAbsolute(environment);
        Key key = new Key(
                request.compiler(),
                Paths.real(request.compiler()), // equal programs at other places may search other directories
                arguments,
                anywhere ? "" : request.directory(),
                environment);
        Answer before = known.getIfPresent(key);
        if (before != null && holds(before)) {
            return before.probed();
        }
        if (before != null) {
            known.invalidate(key);
        }
        Answer now = known.get(key, k -> find(k, request));
        if (now.probed() instanceof Probed.Unknown) {
            known.invalidate(key);
        }
        return now.probed();
    }

    private Answer find(Key key, Request request) {
        Optional<Records> records = cache.get().map(ArtifactCache::records);
        Optional<Answer> kept = records.flatMap(r -> r.get(Records.Kind.HISTORY, key.name()))
                .flatMap(Fields::decode)
                .flatMap(Compiler::ofTexts)
                .map(compiler -> answer(new Probed.Known(compiler)))
                .filter(this::holds);
        if (kept.isPresent()) {
            return kept.get();
        }
        Probed probed = probe.probe(key.path(), key.arguments(), request.directory(), request.environment());
        if (probed instanceof Probed.Known(Compiler compiler)) {
            records.ifPresent(r -> r.put(Records.Kind.HISTORY, key.name(), Fields.encode(compiler.toTexts())));
        }
        return answer(probed);
    }

    private Answer answer(Probed probed) {
        List<Expectation> expected = new ArrayList<>();
        if (probed instanceof Probed.Known(Compiler compiler)) {
            for (int i = 0; i < compiler.tools().size(); i++) {
                expected.add(files.at(compiler.tools().get(i))
                        .expectContent(compiler.contents().get(i)));
            }
            compiler.absent().forEach(path -> expected.add(files.at(path).expectAbsence()));
        }
        return new Answer(probed, new Expectations(expected));
    }

    private String state(String directory) {
        return files.at(directory).signature().map(FileSignature::toString).orElse("absent");
    }

    /** Whether a compiler's tools, what must be absent, and the directories that it looks into are what they were. */
    boolean holds(Compiler compiler) {
        return holds(answer(new Probed.Known(compiler)));
    }

    private boolean holds(Answer answer) {
        return answer.probed() instanceof Probed.Known(Compiler compiler)
                && parentsAreAsTheyWere(compiler)
                && answer.files().hold();
    }

    private boolean parentsAreAsTheyWere(Compiler compiler) {
        for (int i = 0; i < compiler.parents().size(); i++) {
            if (!state(compiler.parents().get(i)).equals(compiler.parentStates().get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean pathIsAbsolute(Map<String, String> environment) {
        for (String entry : environment.getOrDefault("PATH", "").split(":", -1)) {
            if (!entry.startsWith("/")) {
                return false;
            }
        }
        return environment.keySet().stream().noneMatch(name -> name.endsWith("_PATH") || name.equals("CPATH"));
    }
}
