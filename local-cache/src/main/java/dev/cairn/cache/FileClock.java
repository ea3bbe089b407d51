package dev.cairn.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a file changed now would be stamped with, found out by changing one. Newer kernels stamp a file precisely when its stamp was
 * looked at since (multigrain timestamps, Linux 6.13); {@link CoarseClock} is then up to a tick behind. Thread-safe.
 */
public final class FileClock {
    private final Path file;
    private @Nullable FileChannel channel;

    /**
     * Makes a clock.
     *
     * @param file a file that is this clock's own, in a directory that exists; made when it is needed
     */
    public FileClock(Path file) {
        this.file = file;
    }

    /**
     * Returns nanoseconds since 1970: not less than the stamp of any file changed before the call, and not more than that of any
     * changed after it. Where no file can be written, it is the coarse clock's time.
     */
    public synchronized long now() {
        long coarse = CoarseClock.now();
        try {
            if (channel == null) {
                channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileStates.signatureOf(file.toString()); // so that the next stamp is a precise one
            }
            channel.write(ByteBuffer.allocate(1), 0);
            Optional<FileSignature> signature = FileStates.signatureOf(file.toString());
            return Math.max(coarse, signature.map(FileSignature::ctime).orElse(coarse));
        } catch (IOException e) {
            return coarse;
        }
    }
}
