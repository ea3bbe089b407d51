package dev.cairn.cache;

/**
 * What {@code stat} says of a file, as far as a change of content can show in it. Times are nanoseconds since 1970.
 *
 * @param mode type and permission bits, as in {@code st_mode}
 */
public record FileSignature(long device, long inode, long size, long mtime, long ctime, int mode) {
    /** How long a stamp stays ambiguous on file systems that keep whole seconds (or two). */
    private static final long COARSE_STAMP = 2_100_000_000L;

    /** Whether this is a regular file. */
    public boolean isRegular() {
        return (mode & 0xF000) == 0x8000;
    }

    /** Whether this is a directory. */
    public boolean isDirectory() {
        return (mode & 0xF000) == 0x4000;
    }

    /** Written out, as in {@link Digest#equals}. */
    @Override
    public boolean equals(Object other) {
        return other instanceof FileSignature file
                && isOfSameFile(file)
                && size == file.size
                && mtime == file.mtime
                && ctime == file.ctime
                && mode == file.mode;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(inode) ^ 31 * Long.hashCode(ctime);
    }

    /** Whether both are of one file, by whatever paths. */
    public boolean isOfSameFile(FileSignature other) {
        return inode == other.inode && device == other.device;
    }

    /**
     * Whether this was surely last changed before a moment, in nanoseconds since 1970. A stamp that lies on a whole second is
     * taken for that of a file system without anything finer, and needs to be older.
     */
    public boolean isSettledBefore(long moment) {
        return isSettled(ctime, moment);
    }

    /** As {@link #isSettledBefore}, of a stamp alone. */
    public static boolean isSettled(long stamp, long moment) {
        return stamp % 1_000_000_000L == 0 ? stamp < moment - COARSE_STAMP : stamp < moment;
    }
}
