package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.FileStates;
import dev.cairn.cache.ManifestEntry.Condition;
import dev.cairn.wrapper.protocol.Request;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an answer rests on besides the contents of files: days, stamps of files, names that lead to one file. Thread-safe. */
final class Conditions {
    private static final String DATE = "date";
    private static final String EPOCH = "epoch";
    private static final String STAMP = "stamp";
    private static final String ZONE = "zone";
    private static final String SAME = "same";
    private static final String SOURCE_DATE_EPOCH = "SOURCE_DATE_EPOCH";

    /** A name and an offset without rules for summer: {@code UTC0}, {@code EST+5}, {@code <+03>-3:30}. */
    private static final Pattern POSIX_ZONE =
            Pattern.compile("(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)([+-]?)(\\d{1,2})(?::(\\d{2}))?");

    private static final int SECONDS_PER_HOUR = 3600;

    private final FileStates files;
    private final InstantSource clock;

    Conditions(FileStates files, InstantSource clock) {
        this.files = files;
        this.clock = clock;
    }

    /**
     * Returns the condition that it is the day that it is now.
     *
     * @param since nanoseconds since 1970, when it must have been that day already
     * @return empty when the day changed, or the request's time zone is not understood
     */
    Optional<Condition> dayOf(Request request, long since) {
        Instant before = Instant.ofEpochSecond(0, since);
        return zone(request)
                .filter(zone -> day(zone, before).equals(day(zone, clock.instant())))
                .map(zone -> new Condition(DATE, List.of(), day(zone, before)));
    }

    private boolean isDay(Request request, String day) {
        return zone(request)
                .filter(zone -> day(zone, clock.instant()).equals(day))
                .isPresent();
    }

    /** Returns the condition that the build's own idea of the time is the same. */
    static Condition epoch(Request request) {
        return new Condition(EPOCH, List.of(), request.environment().getOrDefault(SOURCE_DATE_EPOCH, ""));
    }

    /** Whether the build says what time it is. */
    static boolean hasEpoch(Request request) {
        return !request.environment().getOrDefault(SOURCE_DATE_EPOCH, "").isEmpty();
    }

    /** Returns the condition that times are written for the same zone. */
    static Condition zoneOf(Request request) {
        return new Condition(ZONE, List.of(), zoneName(request));
    }

    /** Returns the condition that a file has the stamp that it has now, to the second. */
    Condition stamp(Request request, String path) {
        return new Condition(STAMP, List.of(path), stampOf(request, path));
    }

    /** Returns the condition that two names lead to the same file. */
    static Condition same(String one, String other) {
        return new Condition(SAME, List.of(one, other), "");
    }

    /** Returns the first condition that does not hold. */
    Optional<Condition> broken(Request request, List<Condition> conditions) {
        for (Condition condition : conditions) {
            if (!holds(request, condition)) {
                return Optional.of(condition);
            }
        }
        return Optional.empty();
    }

    private boolean holds(Request request, Condition condition) {
        return switch (condition.kind()) {
            case DATE -> isDay(request, condition.value());
            case EPOCH -> epoch(request).equals(condition);
            case ZONE -> zoneOf(request).equals(condition);
            case STAMP -> stampOf(request, condition.paths().get(0)).equals(condition.value());
            case SAME ->
                files.isSameFile(
                        request.absolute(condition.paths().get(0)),
                        request.absolute(condition.paths().get(1)));
            default -> false;
        };
    }

    /** Whether a condition is of a known kind and has the paths that its kind needs. */
    static boolean isWellFormed(Condition condition) {
        return switch (condition.kind()) {
            case DATE, EPOCH, ZONE -> condition.paths().isEmpty();
            case STAMP -> condition.paths().size() == 1;
            case SAME -> condition.paths().size() == 2;
            default -> false;
        };
    }

    private String stampOf(Request request, String path) {
        return files.at(request.absolute(path))
                .signature()
                .map(signature -> Long.toString(Math.floorDiv(signature.mtime(), 1_000_000_000L)))
                .orElse("absent");
    }

    private static String day(ZoneId zone, Instant moment) {
        return moment.atZone(zone).toLocalDate().toString();
    }

    private static String zoneName(Request request) {
        String name = request.environment().get("TZ");
        return name == null ? "system:" + ZoneId.systemDefault() : name;
    }

    private static Optional<ZoneId> zone(Request request) {
        String name = request.environment().get("TZ");
        if (name == null) {
            return Optional.of(ZoneId.systemDefault());
        }
        Matcher posix = POSIX_ZONE.matcher(name);
        try {
            return Optional.of(
                    posix.matches() ? offset(posix) : ZoneId.of(name.startsWith(":") ? name.substring(1) : name));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** POSIX counts hours west of Greenwich. */
    private static ZoneId offset(Matcher posix) {
        int seconds = Integer.parseInt(posix.group(2)) * SECONDS_PER_HOUR
                + (posix.group(3) == null ? 0 : Integer.parseInt(posix.group(3)) * 60);
        return ZoneOffset.ofTotalSeconds("-".equals(posix.group(1)) ? seconds : -seconds);
    }
}
