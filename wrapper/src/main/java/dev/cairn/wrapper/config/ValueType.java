package dev.cairn.wrapper.config;

import dev.cairn.wrapper.config.Settings.PathRemap;
import dev.cairn.wrapper.config.Settings.StrictPaths;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the values of one kind of setting are read and written. Reading is the same for the file and the environment,
 * ignores case and surrounding space, and is empty for what is not understood. Writing gives text that reads back as
 * the same value.
 *
 * @param expected what a value has to be, to be read after "is not"
 * @param emptyIsValue whether an empty text is a value; otherwise an empty variable counts as not set
 */
record ValueType<T>(
        String expected, boolean emptyIsValue, Function<String, Optional<T>> reader, Function<T, String> writer) {

    private static final String NO_DIRECTORY = "none";

    /** Bytes. Without a unit at least {@link #LEAST_WITHOUT_UNIT} or 0, so that a forgotten unit is noticed. */
    static final ValueType<Long> SIZE = new ValueType<>(
            "a size such as 5G, 500MB, 1.5TiB, or 0 for no limit; bytes without a unit must be 1000000 or more",
            false,
            text -> readSize(text.toLowerCase(Locale.ROOT)),
            ValueType::writeSize);

    /** Whole seconds. */
    static final ValueType<Duration> DURATION = new ValueType<>(
            "a duration such as 30s, 10m, 3h, 1d (at most 365d), or 0 for never",
            false,
            text -> readDuration(text.toLowerCase(Locale.ROOT)),
            ValueType::writeDuration);

    static final ValueType<Boolean> BOOLEAN = new ValueType<>(
            "one of 1, true, yes, on, 0, false, no, off", true, ValueType::readBoolean, String::valueOf);

    static final ValueType<PathRemap> PATH_REMAP = new ValueType<>(
            "one of auto, off",
            false,
            ValueType::readPathRemap,
            value -> value.name().toLowerCase(Locale.ROOT));

    static final ValueType<StrictPaths> STRICT_PATHS = new ValueType<>(
            "one of off, consistent, absolute",
            false,
            ValueType::readStrictPaths,
            value -> value.name().toLowerCase(Locale.ROOT));

    /** As in {@code PATH}, but each must be absolute and not the root of the file system. */
    static final ValueType<List<String>> DIRECTORIES = new ValueType<>(
            "a list of absolute directories separated by colons, or none",
            false,
            ValueType::readDirectories,
            value -> value.isEmpty() ? NO_DIRECTORY : String.join(":", value));

    private static final long LEAST_WITHOUT_UNIT = 1_000_000;
    private static final Duration LONGEST = Duration.ofDays(365);

    private static final Pattern SIZE_TEXT = Pattern.compile("(\\d{1,19}(?:\\.\\d{1,9})?)\\s*((?:[kmgt]i?)?)(b?)");
    private static final Pattern DURATION_TEXT = Pattern.compile("(\\d{1,9})\\s*([smhd])");
    private static final Map<String, Long> SECONDS = Map.of("s", 1L, "m", 60L, "h", 3_600L, "d", 86_400L);

    Optional<T> read(String text) {
        return reader.apply(text.strip());
    }

    String text(T value) {
        return writer.apply(value);
    }

    private static Optional<Long> readSize(String text) {
        Matcher matcher = SIZE_TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String unit = matcher.group(2);
        BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(factor(unit)));
        boolean withoutUnit = unit.isEmpty() && matcher.group(3).isEmpty();
        if (withoutUnit && bytes.signum() != 0 && bytes.compareTo(BigDecimal.valueOf(LEAST_WITHOUT_UNIT)) < 0) {
            return Optional.empty();
        }
        // Rounded up: a fraction of a byte must not turn into 0, which means no limit.
        BigDecimal whole = bytes.setScale(0, RoundingMode.CEILING);
        return whole.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0
                ? Optional.of(whole.longValueExact())
                : Optional.empty();
    }

    private static long factor(String unit) {
        long factor = 1;
        for (int power = unit.isEmpty() ? 0 : "kmgt".indexOf(unit.charAt(0)) + 1; power > 0; power--) {
            factor *= unit.endsWith("i") ? 1024 : 1000;
        }
        return factor;
    }

    private static String writeSize(long bytes) {
        if (bytes == 0) {
            return "0";
        }
        for (String unit : new String[] {"TiB", "TB", "GiB", "GB", "MiB", "MB", "KiB", "kB"}) {
            long factor = factor(unit.substring(0, unit.length() - 1).toLowerCase(Locale.ROOT));
            if (bytes % factor == 0) {
                return bytes / factor + unit;
            }
        }
        return bytes + "B";
    }

    private static Optional<Duration> readDuration(String text) {
        if (text.equals("0")) {
            return Optional.of(Duration.ZERO);
        }
        Matcher matcher = DURATION_TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long unit = SECONDS.getOrDefault(matcher.group(2), 1L);
        Duration duration = Duration.ofSeconds(Long.parseLong(matcher.group(1)) * unit);
        return duration.compareTo(LONGEST) <= 0 ? Optional.of(duration) : Optional.empty();
    }

    private static String writeDuration(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds == 0) {
            return "0";
        }
        for (String unit : new String[] {"d", "h", "m"}) {
            long length = SECONDS.getOrDefault(unit, 1L);
            if (seconds % length == 0) {
                return seconds / length + unit;
            }
        }
        return seconds + "s";
    }

    private static Optional<Boolean> readBoolean(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "1", "true", "yes", "on" -> Optional.of(true);
            case "0", "false", "no", "off", "" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private static Optional<PathRemap> readPathRemap(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "auto" -> Optional.of(PathRemap.AUTO);
            case "off" -> Optional.of(PathRemap.OFF);
            default -> Optional.empty();
        };
    }

    private static Optional<StrictPaths> readStrictPaths(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "off", "0", "no", "false" -> Optional.of(StrictPaths.OFF);
            case "consistent" -> Optional.of(StrictPaths.CONSISTENT);
            case "absolute", "1", "yes", "true", "on" -> Optional.of(StrictPaths.ABSOLUTE);
            default -> Optional.empty();
        };
    }

    private static Optional<List<String>> readDirectories(String text) {
        List<String> directories = new ArrayList<>();
        if (text.equals(NO_DIRECTORY)) {
            return Optional.of(directories);
        }
        for (String part : text.split(":", -1)) {
            String directory = part.length() > 1 && part.endsWith("/") ? part.replaceAll("/+$", "") : part;
            if (directory.isEmpty()) {
                continue;
            }
            if (!directory.startsWith("/") || directory.equals("/")) {
                return Optional.empty();
            }
            directories.add(directory);
        }
        return Optional.of(List.copyOf(directories));
    }
}
