package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.FileSignature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a directory or symbolic link on the way to a file was put there after a moment: the file itself then has
 * an old stamp and may still be another one than before. Remembers what it looked at; one instance serves one
 * compilation. Not thread-safe.
 */
final class Way {
    private final Survey survey;
    private final Map<String, Boolean> moved = new HashMap<>();

    Way(Survey survey) {
        this.survey = survey;
    }

    /** Whether the file, when it is a link, or anything above it moved at or after {@code moment} (nanoseconds since 1970). */
    boolean movedSince(String absolutePath, long moment) {
        int slash = absolutePath.lastIndexOf('/');
        if (absolutePath.length() <= 1 || slash < 0) {
            return false;
        }
        Boolean known = moved.get(absolutePath);
        if (known == null) {
            moved.put(absolutePath, false); // links that lead in a circle lead nowhere
            known = isMoved(Path.of(absolutePath), moment) || movedSince(absolutePath.substring(0, slash), moment);
            moved.put(absolutePath, known);
        }
        return known;
    }

    /** A new or retargeted link has a young ctime; so has a renamed directory, whose own entries did not change. */
    private boolean isMoved(Path path, long moment) {
        try {
            Map<String, Object> attributes = Files.readAttributes(
                    path, "unix:ctime,lastModifiedTime,isSymbolicLink,isDirectory", LinkOption.NOFOLLOW_LINKS);
            boolean young = isYoung(nanos(attributes.get("ctime")), moment);
            if (Boolean.TRUE.equals(attributes.get("isSymbolicLink"))) {
                return young || movedSince(target(path), moment) || survey.hasAnotherDirectory(path.toString());
            }
            return (young && !isYoung(nanos(attributes.get("lastModifiedTime")), moment))
                    || (Boolean.TRUE.equals(attributes.get("isDirectory"))
                            && survey.hasAnotherDirectory(path.toString()));
        } catch (IOException e) {
            return true;
        }
    }

    private static String target(Path link) throws IOException {
        return link.resolveSibling(Files.readSymbolicLink(link)).toString();
    }

    private static boolean isYoung(long stamp, long moment) {
        return !FileSignature.isSettled(stamp, moment);
    }

    private static long nanos(@Nullable Object time) {
        return time instanceof FileTime stamp ? stamp.to(TimeUnit.NANOSECONDS) : Long.MAX_VALUE;
    }
}
