package dev.cairn.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Signatures by the JDK's own view of {@code stat}. */
final class StatSignatures implements Signatures {
    @Override
    public Optional<FileSignature> of(String path) {
        try {
            Map<String, Object> stat =
                    Files.readAttributes(Path.of(path), "unix:dev,ino,size,lastModifiedTime,ctime,mode");
            return Optional.of(new FileSignature(
                    number(stat, "dev"),
                    number(stat, "ino"),
                    number(stat, "size"),
                    time(stat, "lastModifiedTime"),
                    time(stat, "ctime"),
                    (int) number(stat, "mode")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static long number(Map<String, Object> stat, String name) {
        return ((Number) stat.getOrDefault(name, 0)).longValue();
    }

    private static long time(Map<String, Object> stat, String name) {
        return ((FileTime) stat.getOrDefault(name, FileTime.fromMillis(0))).to(TimeUnit.NANOSECONDS);
    }
}
