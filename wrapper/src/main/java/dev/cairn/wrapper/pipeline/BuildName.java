package dev.cairn.wrapper.pipeline;

import dev.cairn.remote.SessionName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a build is of: repository and branch, as the variables of GitHub Actions and GitLab CI say, else as the Git checkout
 * around its working directory does. Immutable.
 *
 * @param repository {@code owner/name} where there is an origin, else the directory's name
 * @param branch the one that is built
 * @param base the one that it will go into, as far as is known
 */
public record BuildName(String repository, String branch, String base) {
    private static final List<String> REPOSITORY = List.of("GITHUB_REPOSITORY", "CI_PROJECT_PATH");
    private static final List<String> BRANCH =
            List.of("GITHUB_HEAD_REF", "GITHUB_REF_NAME", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_REF_NAME");
    private static final List<String> BASE =
            List.of("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "CI_DEFAULT_BRANCH");
    private static final Pattern ORIGIN =
            Pattern.compile("\\[remote \"origin\"\\][^\\[]*?\\burl\\s*=\\s*(\\S+)", Pattern.DOTALL);

    /** An address without scheme and host, or without the host of {@code user@host:path}. */
    private static final Pattern ADDRESS = Pattern.compile("(?:\\w+://[^/]*/|[^/:]+:)?/?(.*?)/*(?:\\.git)?/*");

    private static final String HEADS = "ref: refs/heads/";
    private static final String ORIGIN_HEADS = "ref: refs/remotes/origin/";

    /** Whether a variable may say what is built. */
    public static boolean reads(String variable) {
        return Stream.of(REPOSITORY, BRANCH, BASE).anyMatch(names -> names.contains(variable));
    }

    /** Returns the name of a build in a directory, in an environment. */
    public static BuildName of(Path directory, Map<String, String> environment) {
        Optional<Path> checkout = checkout(directory);
        Optional<Path> git = checkout.flatMap(BuildName::gitDirectory);
        Optional<Path> common = git.map(BuildName::common);
        Optional<String> origin =
                common.flatMap(at -> text(at.resolve("config"))).flatMap(BuildName::origin);
        return new BuildName(
                first(REPOSITORY, environment).or(() -> origin).orElseGet(() -> fileName(checkout.orElse(directory))),
                first(BRANCH, environment)
                        .or(() -> git.flatMap(at -> reference(at.resolve("HEAD"), HEADS)))
                        .orElse("HEAD"),
                first(BASE, environment)
                        .or(() -> common.flatMap(at -> reference(at.resolve("refs/remotes/origin/HEAD"), ORIGIN_HEADS)))
                        .orElse("main"));
    }

    /** Returns what the record of such a build is called; {@code configuration} tells builds of one branch apart. */
    public SessionName session(String ofBranch, String configuration) {
        return new SessionName(repository, ofBranch, configuration + " " + System.getProperty("os.arch"));
    }

    private static Optional<String> first(List<String> names, Map<String, String> environment) {
        return names.stream()
                .map(name -> environment.getOrDefault(name, ""))
                .filter(value -> !value.isBlank())
                .findFirst();
    }

    private static String fileName(Path path) {
        return path.getFileName() == null ? "" : path.getFileName().toString();
    }

    private static Optional<Path> checkout(Path directory) {
        for (Path at = directory; at != null; at = at.getParent()) {
            if (Files.exists(at.resolve(".git"))) {
                return Optional.of(at);
            }
        }
        return Optional.empty();
    }

    /** gitrepository-layout(5): {@code .git} is a directory, or in a linked worktree a file that names one. */
    private static Optional<Path> gitDirectory(Path checkout) {
        Path git = checkout.resolve(".git");
        return Files.isDirectory(git)
                ? Optional.of(git)
                : reference(git, "gitdir: ").map(named -> checkout.resolve(named));
    }

    private static Path common(Path git) {
        return text(git.resolve("commondir"))
                .map(named -> git.resolve(named.strip()))
                .orElse(git);
    }

    private static Optional<String> reference(Path file, String before) {
        return text(file)
                .filter(text -> text.startsWith(before))
                .map(text -> text.substring(before.length()).strip());
    }

    private static Optional<String> origin(String config) {
        Matcher matcher = ORIGIN.matcher(config);
        if (!matcher.find()) {
            return Optional.empty();
        }
        Matcher address = ADDRESS.matcher(matcher.group(1));
        return address.matches() ? Optional.of(address.group(1)).filter(name -> !name.isEmpty()) : Optional.empty();
    }

    private static Optional<String> text(Path file) {
        try {
            return Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
