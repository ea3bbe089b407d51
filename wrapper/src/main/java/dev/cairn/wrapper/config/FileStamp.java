package dev.cairn.wrapper.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;

/**
 * What {@code stat} says of a file, links followed: whether it is the one read before, and whom it belongs to.
 *
 * @param mode type and permission bits
 */
record FileStamp(long device, long inode, int owner, int mode, long size, FileTime modified, FileTime changed) {
    private static final String ATTRIBUTES = "unix:dev,ino,uid,mode,size,lastModifiedTime,ctime";
    private static final int TYPE = 0170000;
    private static final int REGULAR = 0100000;
    private static final int WRITABLE_BY_ALL = 02;

    static FileStamp of(Path path) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(path, ATTRIBUTES);
        return new FileStamp(
                number(attributes, "dev"),
                number(attributes, "ino"),
                (int) number(attributes, "uid"),
                (int) number(attributes, "mode"),
                number(attributes, "size"),
                time(attributes, "lastModifiedTime"),
                time(attributes, "ctime"));
    }

    boolean isRegular() {
        return (mode & TYPE) == REGULAR;
    }

    boolean isWritableByAll() {
        return (mode & WRITABLE_BY_ALL) != 0;
    }

    private static long number(Map<String, Object> attributes, String name) {
        return attributes.get(name) instanceof Number number ? number.longValue() : -1;
    }

    private static FileTime time(Map<String, Object> attributes, String name) {
        return attributes.get(name) instanceof FileTime time ? time : FileTime.fromMillis(0);
    }
}
