package dev.cairn.wrapper.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * What one settings file says. A file that cannot be used, for whatever reason, says nothing and has a problem.
 *
 * @param path the file
 * @param present whether there is such a file, usable or not
 * @param entries by key; only keys that are settings
 * @param problems lines for the user, about everything but the values
 */
record SettingsFile(Path path, boolean present, Map<String, Entry> entries, List<String> problems) {
    private static final long LARGEST = 1 << 20;
    private static final int ROOT = 0;

    /**
     * A value.
     *
     * @param text as the same value would be written in the environment; empty when no setting is of this type
     * @param shown as to be shown in a message
     */
    record Entry(int line, Optional<String> text, String shown) {}

    SettingsFile {
        entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        problems = List.copyOf(problems);
    }

    /**
     * Reads a file.
     *
     * @param user the user id that may own it, besides root
     */
    static SettingsFile read(Path path, long user) {
        try {
            FileStamp stamp = FileStamp.of(path);
            Optional<String> refusal = refusal(stamp, user);
            if (refusal.isPresent()) {
                return unusable(path, path + ": " + refusal.get() + "; the file is ignored");
            }
            return parsed(path, decoded(Files.readAllBytes(path)));
        } catch (NoSuchFileException e) {
            return new SettingsFile(path, false, Map.of(), List.of());
        } catch (CharacterCodingException e) {
            return unusable(path, path + ": is not UTF-8; the file is ignored");
        } catch (IOException e) {
            return unusable(path, path + ": cannot be read (" + reason(e) + "); the file is ignored");
        }
    }

    private static Optional<String> refusal(FileStamp stamp, long user) {
        if (!stamp.isRegular()) {
            return Optional.of("is not a regular file");
        }
        if (stamp.owner() != user && stamp.owner() != ROOT) {
            return Optional.of("belongs to user " + stamp.owner() + ", not to you or root");
        }
        if (stamp.isWritableByAll()) {
            return Optional.of("can be written by everybody (run chmod o-w on it)");
        }
        if (stamp.size() > LARGEST) {
            return Optional.of("is larger than 1 MiB");
        }
        return Optional.empty();
    }

    private static SettingsFile parsed(Path path, String text) {
        TomlParseResult table = Toml.parse(text);
        Optional<TomlParseError> error = table.errors().stream()
                .min(Comparator.comparingInt((TomlParseError e) -> e.position().line())
                        .thenComparingInt(e -> e.position().column()));
        if (error.isPresent()) {
            TomlPosition position = error.get().position();
            return unusable(
                    path,
                    path + ":" + position.line() + ":" + position.column() + ": not TOML: "
                            + Line.of(String.valueOf(error.get().getMessage())) + "; the file is ignored");
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        for (String key : table.keySet()) {
            int line = line(table, key);
            if (Setting.ALL.stream().anyMatch(setting -> setting.key().equals(key))) {
                entries.put(key, entry(line, Optional.ofNullable(table.get(List.of(key)))));
            } else {
                problems.add(path + ":" + line + ": " + unknown(key));
            }
        }
        return new SettingsFile(path, true, entries, problems);
    }

    private static String unknown(String key) {
        return switch (key) {
            case "cache_dir", "dir" ->
                key + " cannot be set in a file, because the launcher reads none; ignored; set"
                        + " CAIRN_DIR in the environment";
            default ->
                "unknown key \"" + Line.of(key) + "\"; ignored"
                        + KnownNames.nearest(key, KnownNames.KEYS)
                                .map(name -> "; did you mean " + name + "?")
                                .orElse("");
        };
    }

    private static Entry entry(int line, Optional<Object> value) {
        Object present = value.orElse("");
        return switch (present) {
            case String text -> new Entry(line, Optional.of(text), "\"" + Line.of(text) + "\"");
            case Long number -> new Entry(line, Optional.of(number.toString()), number.toString());
            case Boolean flag -> new Entry(line, Optional.of(flag.toString()), flag.toString());
            default ->
                new Entry(line, Optional.empty(), Line.of(present instanceof TomlTable ? "a table" : "this value"));
        };
    }

    /** A table that is only implied by a longer name, as in {@code [a.b]}, has no position of its own. */
    private static int line(TomlParseResult table, String key) {
        return table.keyPathSet(true).stream()
                .filter(path -> path.getFirst().equals(key))
                .map(path -> Optional.ofNullable(table.inputPositionOf(path)))
                .flatMap(Optional::stream)
                .mapToInt(TomlPosition::line)
                .min()
                .orElse(1);
    }

    private static String decoded(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }

    private static SettingsFile unusable(Path path, String problem) {
        return new SettingsFile(path, true, Map.of(), List.of(problem));
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName().replace("Exception", "");
    }
}
