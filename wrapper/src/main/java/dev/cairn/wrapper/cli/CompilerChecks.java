package dev.cairn.wrapper.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Looks at which compilers the PATH finds, and through which caches. */
final class CompilerChecks {
    private static final List<String> COMPILERS = List.of("cc", "gcc", "g++", "clang", "clang++");
    private static final Set<String> OTHER_CACHES =
            Set.of("ccache", "sccache", "cachepot", "distcc", "icecc", "buildcache", "kache", "zccache");

    private final Path launcher;
    private final List<Path> searchPath;

    /** A file found under a compiler's name; {@code cache} names the cache that it is, if it is one. */
    private record Found(Path file, Optional<String> cache) {}

    CompilerChecks(Path launcher, Map<String, String> environment) {
        this.launcher = launcher;
        this.searchPath = Stream.of(environment.getOrDefault("PATH", "").split(":", -1))
                .flatMap(CompilerChecks::directory)
                .toList();
    }

    List<Check> run() {
        List<Check> checks = new ArrayList<>();
        for (String name : COMPILERS) {
            List<Found> found = searchPath.stream()
                    .map(directory -> directory.resolve(name))
                    .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                    .map(file -> new Found(file, cache(file)))
                    .toList();
            if (!found.isEmpty()) {
                checks.add(check(name, found));
            }
        }
        if (checks.isEmpty()) {
            checks.add(Check.warn(
                    "compilers",
                    "none of " + String.join(", ", COMPILERS) + " is in PATH",
                    "install one, or ignore this"));
        }
        return checks;
    }

    private static Check check(String name, List<Found> found) {
        List<Found> caches =
                found.stream().takeWhile(file -> file.cache().isPresent()).toList();
        if (caches.size() == found.size()) {
            return Check.fail(
                    name,
                    caches.getFirst().file() + " is " + cacheName(caches.getFirst())
                            + ", with no compiler behind it in PATH",
                    "install the compiler, or add its directory to PATH");
        }
        Path compiler = found.get(caches.size()).file();
        Optional<Found> other =
                caches.stream().filter(file -> !cacheName(file).equals("cairn")).findFirst();
        if (other.isPresent()) {
            return Check.warn(
                    name,
                    other.get().file() + " is " + cacheName(other.get())
                            + ": used with Cairn, everything is cached twice",
                    "remove " + other.get().file().getParent() + " from PATH");
        }
        return Check.ok(
                name,
                caches.isEmpty() ? compiler.toString() : caches.getFirst().file() + " is cairn, before " + compiler);
    }

    private static String cacheName(Found found) {
        return found.cache().orElse("");
    }

    private Optional<String> cache(Path file) {
        try {
            if (Files.exists(launcher) && Files.isSameFile(file, launcher)) {
                return Optional.of("cairn");
            }
            String target = String.valueOf(file.toRealPath().getFileName());
            return target.equals("cairn") || OTHER_CACHES.contains(target) ? Optional.of(target) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Stream<Path> directory(String text) {
        try {
            return text.isEmpty() ? Stream.empty() : Stream.of(Path.of(text));
        } catch (InvalidPathException e) {
            return Stream.empty();
        }
    }
}
