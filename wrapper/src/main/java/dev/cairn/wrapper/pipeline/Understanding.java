package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Digest;
import dev.cairn.cache.FileStates;
import dev.cairn.wrapper.config.Settings;
import dev.cairn.wrapper.family.Compilation;
import dev.cairn.wrapper.family.CompilationParser;
import dev.cairn.wrapper.family.CompilationParser.Parsed;
import dev.cairn.wrapper.family.Compiler;
import dev.cairn.wrapper.family.CompilerProbe;
import dev.cairn.wrapper.family.CompilerProbe.Probed;
import dev.cairn.wrapper.family.Refusal;
import dev.cairn.wrapper.protocol.Request;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Phases parse and identify: what an invocation compiles, with what, and where. Thread-safe. */
final class Understanding {
    private final FileStates files;
    private final Compilers compilers;
    private final PathMapping mapping;

    Understanding(FileStates files, Compilers compilers) {
        this.files = files;
        this.compilers = compilers;
        this.mapping = new PathMapping(files);
    }

    /** What an invocation is. */
    sealed interface Result {
        /** One context for each source, in order. */
        record Understood(List<Context> contexts) implements Result {}

        /** To be passed through. */
        record Refused(Refusal refusal) implements Result {}
    }

    Result of(Request request, Settings settings) {
        Optional<Refusal> refusal = refuse(request);
        if (refusal.isPresent()) {
            return new Result.Refused(refusal.get());
        }
        // The option table is chosen by the driver; what it says of probing arguments is the same for both.
        if (!(compilers.of(request, List.of()) instanceof Probed.Known(Compiler driver))) {
            return unknown(request, List.of());
        }
        List<String> arguments =
                request.arguments().subList(1, request.arguments().size());
        return switch (CompilationParser.parse(driver.dialect(), request.directory(), arguments)) {
            case Parsed.Refused(Refusal why) -> new Result.Refused(why);
            case Parsed.Understood(List<Compilation> compilations) -> identify(request, settings, driver, compilations);
        };
    }

    private Result unknown(Request request, List<String> probes) {
        return compilers.of(request, probes) instanceof Probed.Unknown(Refusal why)
                ? new Result.Refused(why)
                : new Result.Refused(new Refusal("unknown_compiler", request.compiler()));
    }

    private static Optional<Refusal> refuse(Request request) {
        if (request.arguments().isEmpty()) {
            return Optional.of(new Refusal("not_a_compilation", "no arguments"));
        }
        if (!CompilerProbe.mayBeCompiler(request.compiler())) {
            return Optional.of(new Refusal("unknown_compiler", request.compiler()));
        }
        return RelevantEnvironment.refuse(request.environment());
    }

    private Result identify(Request request, Settings settings, Compiler driver, List<Compilation> compilations) {
        List<String> probes = compilations.get(0).line().probes();
        Probed probed = probes.isEmpty() ? new Probed.Known(driver) : compilers.of(request, probes);
        if (!(probed instanceof Probed.Known(Compiler compiler))) {
            return new Result.Refused(((Probed.Unknown) probed).refusal());
        }
        String directory = LogicalDirectory.of(request, files);
        List<Context> contexts = new ArrayList<>();
        for (Compilation compilation : compilations) {
            Optional<Refusal> refusal = refuse(request, settings, compilation);
            if (refusal.isPresent()) {
                return new Result.Refused(refusal.get());
            }
            List<String> paths = new ArrayList<>(List.of(compilation.source()));
            paths.addAll(compilation.line().inputs());
            List<Digest> contents = new ArrayList<>();
            for (String path : paths) {
                Optional<Digest> content = files.at(request.absolute(path)).content();
                if (content.isEmpty()) {
                    String reason = contents.isEmpty() ? "no_source" : "input_missing";
                    return new Result.Refused(new Refusal(reason, path));
                }
                contents.add(content.get());
            }
            contexts.add(new Context(
                    request,
                    compiler,
                    compilation,
                    mapping.decide(request, settings, compiler, compilation),
                    directory,
                    contents.get(0),
                    contents.subList(1, contents.size())));
        }
        boolean together = contexts.stream()
                .allMatch(context -> context.roots()
                        .identity()
                        .equals(contexts.get(0).roots().identity()));
        return together
                ? new Result.Understood(List.copyOf(contexts))
                : new Result.Refused(new Refusal("multiple_sources", "sources whose paths are mapped differently"));
    }

    private static Optional<Refusal> refuse(Request request, Settings settings, Compilation compilation) {
        // Only the compiler itself knows what it makes of this on a terminal, and it gets a pipe from us.
        if (request.stderrTerminal() && compilation.arguments().contains("-fdiagnostics-color=auto")) {
            return Optional.of(new Refusal("unsupported_option", "-fdiagnostics-color=auto on a terminal"));
        }
        // What is there and is not a regular file (a device, a link) is the compiler's to deal with.
        return compilation.outputs().stream()
                .filter(path -> !isRegularOrAbsent(request.absolute(path)))
                .map(path -> new Refusal("unsupported_output", path))
                .findFirst()
                .or(() -> StrictPaths.refuse(settings.strictPaths(), compilation.line(), compilation.source()));
    }

    private static boolean isRegularOrAbsent(String path) {
        Path file = Path.of(path);
        return Files.notExists(file, LinkOption.NOFOLLOW_LINKS) || Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }
}
