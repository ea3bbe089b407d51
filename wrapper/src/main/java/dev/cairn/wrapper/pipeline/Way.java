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
    private final Map<String, Boolean> moved = new HashMap<>();

    /** Whether anything above the file moved at or after {@code moment} (nanoseconds since 1970). */
    boolean movedSince(String absolutePath, long moment) {
        int slash = absolutePath.lastIndexOf('/');
        if (slash <= 0) {
            return false;
        }
        String parent = absolutePath.substring(0, slash);
        Boolean known = moved.get(parent);
        if (known == null) {
            known = isMoved(Path.of(parent), moment) || movedSince(parent, moment);
            moved.put(parent, known);
        }
        return known;
    }

    /** A new or retargeted link has a young ctime; so has a renamed directory, whose own entries did not change. */
    private static boolean isMoved(Path path, long moment) {
        try {
            Map<String, Object> attributes =
                    Files.readAttributes(path, "unix:ctime,lastModifiedTime,isSymbolicLink", LinkOption.NOFOLLOW_LINKS);
            boolean young = isYoung(nanos(attributes.get("ctime")), moment);
            boolean link = Boolean.TRUE.equals(attributes.get("isSymbolicLink"));
            return young && (link || !isYoung(nanos(attributes.get("lastModifiedTime")), moment));
        } catch (IOException e) {
            return true;
        }
    }

    private static boolean isYoung(long stamp, long moment) {
        return !FileSignature.isSettled(stamp, moment);
    }

    private static long nanos(@Nullable Object time) {
        return time instanceof FileTime stamp ? stamp.to(TimeUnit.NANOSECONDS) : Long.MAX_VALUE;
    }
}
