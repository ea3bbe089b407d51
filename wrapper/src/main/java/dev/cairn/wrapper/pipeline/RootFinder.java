package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.FileSignature;
import dev.cairn.cache.FileStates;
import dev.cairn.wrapper.family.Paths;
import dev.cairn.wrapper.pipeline.Roots.Root;
import dev.cairn.wrapper.protocol.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the checkout that a compilation belongs to, and how its paths spell it. A checkout is a directory with a {@code .git}
 * in it, be that a directory or, in a linked worktree, a file; a submodule belongs to the checkout around it. Thread-safe.
 */
final class RootFinder {
    private final FileStates files;

    RootFinder(FileStates files) {
        this.files = files;
    }

    /**
     * The checkouts of a compilation.
     *
     * @param seen the {@code .git} entries that were found
     * @param missing those that were looked for and were not there
     */
    record Found(Roots roots, List<String> seen, List<String> missing) {}

    /**
     * Looks for the checkouts around working directory and source.
     *
     * @param configured directories that count as checkouts; when there are some, no other is looked for
     */
    Found find(Request request, String source, List<String> configured) {
        Search search = new Search(request);
        if (configured.isEmpty()) {
            search.checkouts(request.absolute(source));
        } else {
            search.given(configured);
        }
        search.spelledBy(request.absolute(source), source);
        search.buildDirectory();
        return new Found(Roots.of(search.roots), List.copyOf(search.seen), List.copyOf(search.missing));
    }

    /** One search; it looks for a {@code .git} and follows a path once. */
    private final class Search {
        private final List<Root> roots = new ArrayList<>();
        private final List<String> checkouts = new ArrayList<>();
        private final Set<String> seen = new LinkedHashSet<>();
        private final Set<String> missing = new LinkedHashSet<>();
        private final Map<String, String> reals = new HashMap<>();
        private final Map<String, Optional<FileSignature>> looks = new HashMap<>();
        private final String directory;
        private final String logical;

        Search(Request request) {
            directory = request.directory();
            logical = LogicalDirectory.of(request, files);
        }

        void given(List<String> configured) {
            char letter = 'a';
            for (String path : configured) {
                String real = real(path);
                add(path, letter);
                add(real, Character.toUpperCase(letter));
                add(spelled(real, directory, logical).orElse(real), (char) (letter + 1));
                checkouts.add(real);
                letter = (char) (letter + 2);
            }
        }

        void checkouts(String source) {
            Optional<String> own = checkout(directory);
            own.ifPresent(checkouts::add);
            String parent = source.substring(0, Math.max(1, source.lastIndexOf('/')));
            String place = real(parent);
            if (own.isEmpty() || !Paths.isWithin(place, own.get())) {
                checkout(place).filter(found -> !checkouts.contains(found)).ifPresent(checkouts::add);
            }
            char letter = 'S';
            for (String found : checkouts.reversed()) {
                add(spelled(found, directory, logical).orElse(found), letter);
                add(found, (char) (letter + 1));
                letter = (char) (letter + 2);
            }
        }

        /** The source's own spelling of its checkout: through another link, or relative to a working directory beside it. */
        void spelledBy(String source, String written) {
            int slash = source.lastIndexOf('/');
            String real = real(source.substring(0, Math.max(1, slash))) + source.substring(slash);
            for (String checkout : checkouts) {
                if (written.startsWith("/")) {
                    spelled(checkout, real, source).ifPresent(path -> add(path, 'P'));
                } else if (!Paths.isWithin(directory, checkout) && written.startsWith("../")) {
                    spelled(checkout, real, written).ifPresent(path -> add(path, 'R'));
                }
            }
        }

        /** A build directory beside the checkout. */
        void buildDirectory() {
            if (!checkouts.isEmpty() && checkouts.stream().noneMatch(checkout -> Paths.isWithin(directory, checkout))) {
                add(logical, 'B');
                add(directory, 'C');
            }
        }

        private String real(String path) {
            return reals.computeIfAbsent(path, Paths::real);
        }

        private void add(String path, char letter) {
            roots.add(new Root(path, letter, path.equals(logical) || path.equals(directory)));
        }

        /** Returns the innermost checkout around a directory; for a submodule the checkout that it is part of. */
        private Optional<String> checkout(String from) {
            Optional<String> inner = Optional.empty();
            for (String at = from; !at.isEmpty(); at = at.substring(0, at.lastIndexOf('/'))) {
                String git = at + "/.git";
                Optional<FileSignature> signature =
                        looks.computeIfAbsent(git, path -> files.at(path).signature());
                if (signature.isEmpty()) {
                    missing.add(git);
                    continue;
                }
                seen.add(git);
                if (signature.get().isDirectory() || !isSubmodule(git)) {
                    return Optional.of(at);
                }
                inner = inner.or(() -> Optional.of(git.substring(0, git.length() - "/.git".length())));
            }
            return inner;
        }
    }

    /** gitrepository-layout(5): a submodule's {@code .git} file leads below {@code modules} of the repository around it. */
    private static boolean isSubmodule(String git) {
        try {
            return Files.readString(Path.of(git), StandardCharsets.ISO_8859_1).contains("/modules/");
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * How a path that leads to the same file as a real path spells a directory above it.
     *
     * @param checkout real path of the directory
     * @param real real path of something at or below it
     * @param other another path of the same
     */
    private Optional<String> spelled(String checkout, String real, String other) {
        if (!Paths.isWithin(real, checkout)) {
            return Optional.empty();
        }
        String rest = real.substring(checkout.length());
        if (!other.endsWith(rest) || other.length() == rest.length()) {
            return Optional.empty();
        }
        String spelled = other.substring(0, other.length() - rest.length());
        return spelled.equals(checkout) || !spelled.startsWith("/") || files.isSameFile(spelled, checkout)
                ? Optional.of(spelled)
                : Optional.empty();
    }
}
