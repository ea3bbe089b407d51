package dev.cairn.wrapper.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the settings of a request: environment before file before default. Thread-safe.
 *
 * <p>Made to be asked for every request: as long as no variable that matters has changed and the file is the same, the
 * answer is the same {@link Resolved} instance, at the cost of one pass over the environment. The file's {@code stat}
 * is looked at again at most once a second, so a change of the file counts after one second at the latest.
 */
public final class SettingsSource {
    private static final long RECHECK_NANOS = 1_000_000_000L;
    /** Distinct environments and files remembered; when there are more, all are forgotten. */
    private static final int MOST_REMEMBERED = 256;

    private final long user;
    private final LongSupplier nanoTime;
    private final Map<Path, CheckedFile> files = new ConcurrentHashMap<>();
    private final Map<Map<String, String>, Answer> answers = new ConcurrentHashMap<>();
    private volatile @Nullable Recent recent;

    /**
     * What a request is to be answered with. Immutable.
     *
     * @param settings the effective settings
     * @param problems one line for each thing that was said but not used, with what is used instead
     * @param origins for every file key where its value is from: the variable's name, {@code file:line}, or {@code
     *     default}; in the order of the manual
     */
    public record Resolved(Settings settings, List<String> problems, Map<String, String> origins) {
        /** Copies the collections. */
        public Resolved {
            problems = List.copyOf(problems);
            origins = Collections.unmodifiableMap(new LinkedHashMap<>(origins));
        }
    }

    /** Where the file is, if anywhere, and what was wrong with the way it was named. */
    private record Location(Optional<Path> path, boolean named, Optional<String> problem) {}

    private record CheckedFile(long checkedAt, Optional<FileStamp> stamp, SettingsFile contents) {}

    /** The environment seen last, and what matters of it. */
    private record Recent(Map<String, String> environment, Map<String, String> relevant) {}

    private record Answer(Location location, Optional<SettingsFile> file, Resolved resolved) {}

    /** Makes a source that accepts files of this process's user and of root. */
    public SettingsSource() {
        this(ownUser(), System::nanoTime);
    }

    SettingsSource(long user, LongSupplier nanoTime) {
        this.user = user;
        this.nanoTime = nanoTime;
    }

    /** Returns the settings that hold for a request with this environment. Never throws for what is in it. */
    public Resolved resolve(Map<String, String> environment) {
        Map<String, String> relevant = relevantOnce(environment);
        Answer known = answers.get(relevant);
        Location location = known == null ? locate(relevant) : known.location();
        Optional<SettingsFile> file = location.path().map(this::current);
        if (known != null && known.file().equals(file)) {
            return known.resolved();
        }
        Resolved resolved = new Resolution(relevant, file).resolve();
        Optional<String> problem = location.problem().or(() -> missing(location, file));
        if (problem.isPresent()) {
            resolved = withProblem(problem.get(), resolved);
        }
        remember(answers, relevant, new Answer(location, file, resolved));
        return resolved;
    }

    /** Returns the settings file that this environment leads to, whether or not it exists; empty when it leads to none. */
    public Optional<Path> file(Map<String, String> environment) {
        return locate(environment).path();
    }

    /** Requests of one build come with the same instance, and only an unmodifiable one may be recognised by that. */
    @SuppressWarnings("ReferenceEquality")
    private Map<String, String> relevantOnce(Map<String, String> environment) {
        Recent last = recent;
        if (last != null && last.environment == environment) {
            return last.relevant;
        }
        Map<String, String> relevant = relevant(environment);
        if (Map.copyOf(environment) == environment) {
            recent = new Recent(environment, relevant);
        }
        return relevant;
    }

    private static Map<String, String> relevant(Map<String, String> environment) {
        Map<String, String> relevant = new HashMap<>();
        for (Map.Entry<String, String> entry : environment.entrySet()) {
            String name = entry.getKey();
            boolean ours = name.startsWith("CAIRN_") && !KnownNames.OF_OTHERS.contains(name);
            if (ours || name.equals("HOME") || name.equals("XDG_CONFIG_HOME")) {
                relevant.put(name, entry.getValue());
            }
        }
        return relevant;
    }

    private static Location locate(Map<String, String> environment) {
        String named = environment.getOrDefault(KnownNames.CONFIG, "");
        if (!named.isBlank()) {
            Optional<Path> path = absolute(named);
            Optional<String> problem = path.isPresent()
                    ? Optional.empty()
                    : Optional.of(KnownNames.CONFIG + ": \"" + Line.of(named)
                            + "\" is not an absolute path; no settings file is used");
            return new Location(path, true, problem);
        }
        // The XDG base directory specification: a relative path is to be ignored.
        Optional<Path> base = absolute(environment.getOrDefault("XDG_CONFIG_HOME", ""))
                .or(() -> absolute(environment.getOrDefault("HOME", "")).map(home -> home.resolve(".config")));
        return new Location(base.map(directory -> directory.resolve("cairn/config.toml")), false, Optional.empty());
    }

    private static Optional<Path> absolute(String text) {
        try {
            return Optional.of(Path.of(text)).filter(Path::isAbsolute);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private SettingsFile current(Path path) {
        long now = nanoTime.getAsLong();
        CheckedFile known = files.get(path);
        if (known != null && now - known.checkedAt() < RECHECK_NANOS) {
            return known.contents();
        }
        // Taken before reading: a file that changes in between is read again at the next check.
        Optional<FileStamp> stamp = stamp(path);
        SettingsFile contents =
                known != null && stamp.isPresent() && known.stamp().equals(stamp)
                        ? known.contents()
                        : SettingsFile.read(path, user);
        remember(files, path, new CheckedFile(now, stamp, contents));
        return contents;
    }

    private static Optional<FileStamp> stamp(Path path) {
        try {
            return Optional.of(FileStamp.of(path));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> missing(Location location, Optional<SettingsFile> file) {
        return file.filter(contents -> location.named() && !contents.present())
                .map(contents ->
                        KnownNames.CONFIG + ": " + contents.path() + " does not exist; no settings file is used");
    }

    private static Resolved withProblem(String problem, Resolved resolved) {
        List<String> problems = new ArrayList<>();
        problems.add(problem);
        problems.addAll(resolved.problems());
        return new Resolved(resolved.settings(), problems, resolved.origins());
    }

    private static <K, V> void remember(Map<K, V> memory, K key, V value) {
        if (memory.size() >= MOST_REMEMBERED) {
            memory.clear();
        }
        memory.put(key, value);
    }

    /** The owner of this process; 0 where there is no proc file system, so that only root's files are accepted. */
    private static long ownUser() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid") instanceof Integer uid ? uid : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
