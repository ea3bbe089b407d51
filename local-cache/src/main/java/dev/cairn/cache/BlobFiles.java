package dev.cairn.cache;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** Writes and checks the files that hold larger outputs, each named by the digest of its content. Thread-safe. */
final class BlobFiles {
    /** Outputs of up to this many bytes are kept in the record itself. */
    static final int INLINE_LIMIT = 4096;

    private static final int BUFFER = 64 << 10;
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /** What a compiler gives an object under the usual umask; a hard link shows it. The directories above are private. */
    private static final Set<PosixFilePermission> LINKABLE = PosixFilePermissions.fromString("rw-r--r--");

    private final StoreDirectory directory;
    private final Signatures signatures;
    private final Pins pins;

    BlobFiles(StoreDirectory directory, Signatures signatures, Pins pins) {
        this.directory = directory;
        this.signatures = signatures;
        this.pins = pins;
    }

    /** The bytes of an output, taken in. */
    sealed interface Content {
        Digest digest();

        long size();

        /** Small enough for the record. */
        record Small(Digest digest, byte[] bytes) implements Content {
            @Override
            public long size() {
                return bytes.length;
            }
        }

        /** In a temporary file. */
        record Large(Digest digest, long size, Path temporary) implements Content {}
    }

    /** An output file cannot be read. */
    static final class UnreadableOutput extends IOException {
        private static final long serialVersionUID = 1;

        UnreadableOutput(IOException cause) {
            super(cause.toString(), cause);
        }
    }

    /**
     * Reads a file once, digesting it, and writing it to a temporary file unless it is small.
     *
     * @throws UnreadableOutput when the fault is with the file
     * @throws IOException when the fault is with the store; the temporary file is gone
     */
    Content take(Path source) throws IOException {
        try (InputStream in = open(source)) {
            byte[] head = new byte[INLINE_LIMIT + 1];
            int length = read(in, head);
            if (length <= INLINE_LIMIT) {
                byte[] bytes = Arrays.copyOf(head, length);
                return new Content.Small(Hasher.content(bytes), bytes);
            }
            return takeLarge(head, in);
        }
    }

    private Content takeLarge(byte[] head, InputStream rest) throws IOException {
        Path temporary = directory.newTemporary();
        boolean done = false;
        try (OutputStream out = create(temporary)) {
            MessageDigest sha256 = Hasher.sha256();
            byte[] buffer = Arrays.copyOf(head, BUFFER);
            long size = 0;
            for (int length = head.length; length > 0; length = read(rest, buffer)) {
                sha256.update(buffer, 0, length);
                out.write(buffer, 0, length);
                size += length;
            }
            done = true;
            return new Content.Large(Digest.read(sha256.digest(), 0), size, temporary);
        } finally {
            if (!done) {
                Files.deleteIfExists(temporary);
            }
        }
    }

    /**
     * Makes a temporary file the file of its blob, which must be pinned. A file that is already there stays if it is
     * still as it was recorded.
     */
    BlobReference place(Content.Large content, Optional<BlobRow> recorded) throws IOException {
        Digest digest = content.digest();
        String path = directory.blob(digest);
        FileSignature signature = pins.place(digest, placed -> {
            Optional<FileSignature> now = signatures.of(path);
            if (now.isPresent() && (now.equals(placed) || now.equals(recorded.map(BlobRow::signature)))) {
                Files.deleteIfExists(content.temporary());
                return now.get();
            }
            Path target = Path.of(path);
            directory.createParentOf(target);
            Files.setPosixFilePermissions(content.temporary(), LINKABLE);
            Files.move(content.temporary(), target, StandardCopyOption.ATOMIC_MOVE);
            return signatures.of(path).orElseThrow(() -> new IOException("cannot stat " + path));
        });
        return new BlobReference(digest, content.size(), path, signature);
    }

    /** Whether a blob's file is as it was recorded, by its signature alone. */
    boolean isAsRecorded(BlobReference blob) {
        Optional<FileSignature> now = signatures.of(blob.path());
        return now.isPresent() && now.get().equals(blob.signature());
    }

    /** Reads a blob's whole file and returns its signature if the content is right. */
    Optional<FileSignature> verify(BlobReference blob) {
        Optional<FileSignature> before = signatures.of(blob.path());
        if (before.isEmpty() || !before.get().isRegular() || before.get().size() != blob.size()) {
            return Optional.empty();
        }
        MessageDigest sha256 = Hasher.sha256();
        try (InputStream in = Files.newInputStream(Path.of(blob.path()))) {
            byte[] buffer = new byte[BUFFER];
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                sha256.update(buffer, 0, length);
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        boolean right = Digest.read(sha256.digest(), 0).equals(blob.digest());
        return right && signatures.of(blob.path()).equals(before) ? before : Optional.empty();
    }

    /** Removes the temporary file of content that is not needed any more. */
    static void drop(Content content) throws IOException {
        if (content instanceof Content.Large large) {
            Files.deleteIfExists(large.temporary());
        }
    }

    private static OutputStream create(Path temporary) throws IOException {
        return Channels.newOutputStream(FileChannel.open(
                temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), PRIVATE_FILE));
    }

    private static InputStream open(Path source) throws UnreadableOutput {
        try {
            return Files.newInputStream(source);
        } catch (IOException e) {
            throw new UnreadableOutput(e);
        }
    }

    /** Fills the buffer as far as the stream goes. */
    private static int read(InputStream in, byte[] buffer) throws UnreadableOutput {
        try {
            return in.readNBytes(buffer, 0, buffer.length);
        } catch (IOException e) {
            throw new UnreadableOutput(e);
        }
    }
}
