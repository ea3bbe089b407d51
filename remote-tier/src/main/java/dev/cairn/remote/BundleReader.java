package dev.cairn.remote;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads artifact bundles. First the whole body is taken in and its digest and signature are checked; only then anything
 * of it is expanded or interpreted. Memory is bounded whatever arrives. Immutable; thread-safe.
 */
final class BundleReader {
    private static final int BUFFER = 64 << 10;
    private static final int IN_MEMORY = 128 << 10;
    private static final String BODY = "body";

    private final String place;
    private final Trust trust;
    private final FormatLimits limits;

    BundleReader(String place, Trust trust, FormatLimits limits) {
        this.place = place;
        this.trust = trust;
        this.limits = limits;
    }

    /**
     * Reads a bundle into a directory, which is removed again when anything is wrong.
     *
     * @param in the object; not closed
     * @param directory to be made; the result's, if there is one
     * @throws DamagedObject when it is not the artifact, unaltered
     * @throws UntrustedObject when it is not signed as it has to be
     */
    FetchedArtifact read(Digest artifact, InputStream in, Path directory) throws IOException {
        boolean done = false;
        try {
            BundleHeader header = BundleHeader.decode(in.readNBytes(BundleHeader.LENGTH), limits);
            if (!header.artifact().equals(artifact)) {
                throw new DamagedObject("another artifact");
            }
            boolean inMemory = header.body() <= IN_MEMORY;
            Content body = inMemory ? receiveBytes(header, in) : receiveFile(header, in, directory);
            Files.createDirectories(directory);
            FetchedArtifact fetched = expand(header, body, directory);
            Files.deleteIfExists(directory.resolve(BODY));
            done = true;
            return fetched;
        } finally {
            if (!done) {
                FetchedArtifact.delete(directory);
            }
        }
    }

    private Content receiveBytes(BundleHeader header, InputStream in) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        receive(header, in, out);
        return Content.of(out.toByteArray());
    }

    private Content receiveFile(BundleHeader header, InputStream in, Path directory) throws IOException {
        Path file = Files.createDirectories(directory).resolve(BODY);
        try (OutputStream out = Files.newOutputStream(file)) {
            receive(header, in, out);
        }
        return Content.of(file);
    }

    private void receive(BundleHeader header, InputStream in, OutputStream out) throws IOException {
        MessageDigest digest =
                BundleHeader.start(header.compressed(), header.body(), header.plain(), header.artifact());
        byte[] buffer = new byte[Math.clamp(header.body(), 1, BUFFER)];
        long left = header.body();
        while (left > 0) {
            int length = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (length < 0) {
                throw new DamagedObject("truncated");
            }
            digest.update(buffer, 0, length);
            out.write(buffer, 0, length);
            left -= length;
        }
        if (in.read() >= 0) {
            throw new DamagedObject("longer than it says");
        }
        Digest content = Digest.read(digest.digest(), 0);
        if (!BundleHeader.checksum(content, header.seal()).equals(header.checksum())) {
            throw new DamagedObject("its digest is another");
        }
        trust.require(header.seal(), BundleHeader.signed(place, content));
    }

    private FetchedArtifact expand(BundleHeader header, Content body, Path directory) throws IOException {
        try (InputStream raw = body.open();
                InputStream plain = new BufferedInputStream(header.compressed() ? decompress(raw) : raw, BUFFER)) {
            FetchedArtifact fetched =
                    content(new DataInputStream(plain), header.plain(), directory, header.body() + BundleHeader.LENGTH);
            if (plain.read() >= 0) {
                throw new DamagedObject("content after the last output");
            }
            return fetched;
        } catch (EOFException | ZstdIOException e) {
            throw new DamagedObject("content ends early");
        }
    }

    private static InputStream decompress(InputStream raw) throws IOException {
        ZstdInputStreamNoFinalizer zstd = new ZstdInputStreamNoFinalizer(raw);
        zstd.setLongMax(FormatLimits.WINDOW);
        return zstd;
    }

    private FetchedArtifact content(DataInputStream in, long plain, Path directory, long bytes) throws IOException {
        int count = in.readInt();
        int stdout = in.readInt();
        int stderr = in.readInt();
        if (count < 0 || count > FormatLimits.OUTPUTS) {
            throw new DamagedObject("too many outputs");
        }
        if (stdout < 0 || stderr < 0 || stdout > limits.text() || stderr > limits.text()) {
            throw new DamagedObject("too much text");
        }
        List<Row> rows = new ArrayList<>(count);
        long expected = Integer.BYTES * 3L + stdout + stderr;
        for (int i = 0; i < count; i++) {
            Row row = Row.read(in);
            expected += row.length() + row.size();
            if (expected > plain) {
                throw new DamagedObject("sizes that do not add up");
            }
            rows.add(row);
        }
        if (expected != plain) {
            throw new DamagedObject("sizes that do not add up");
        }
        byte[] out = exactly(in, stdout);
        byte[] err = exactly(in, stderr);
        List<FetchedArtifact.Output> outputs = new ArrayList<>(count);
        for (Row row : rows) {
            outputs.add(row.extract(in, directory.resolve("output" + outputs.size())));
        }
        return new FetchedArtifact(directory, outputs, out, err, bytes, () -> FetchedArtifact.delete(directory));
    }

    private static byte[] exactly(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length != length) {
            throw new DamagedObject("content ends early");
        }
        return bytes;
    }

    /** What the table says of an output. */
    private record Row(String role, boolean executable, long size, Digest digest) {
        static Row read(DataInputStream in) throws IOException {
            byte[] name = exactly(in, in.readUnsignedByte());
            String role = new String(name, StandardCharsets.ISO_8859_1);
            int executable = in.readUnsignedByte();
            long size = in.readLong();
            Digest digest = Digest.read(exactly(in, Digest.LENGTH), 0);
            if (!FormatLimits.ROLE.matcher(role).matches() || executable > 1 || size < 0) {
                throw new DamagedObject("an output that cannot be");
            }
            return new Row(role, executable == 1, size, digest);
        }

        long length() {
            return 1L + role.length() + 1 + Long.BYTES + Digest.LENGTH;
        }

        FetchedArtifact.Output extract(InputStream in, Path file) throws IOException {
            MessageDigest sha256 = Hasher.sha256();
            long left = size;
            try (OutputStream out = Files.newOutputStream(file)) {
                byte[] buffer = new byte[Math.clamp(size, 1, BUFFER)];
                while (left > 0) {
                    int length = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                    if (length < 0) {
                        throw new DamagedObject("content ends early");
                    }
                    sha256.update(buffer, 0, length);
                    out.write(buffer, 0, length);
                    left -= length;
                }
            }
            if (!Digest.read(sha256.digest(), 0).equals(digest)) {
                throw new DamagedObject("an output's digest is another");
            }
            if (executable) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
            return new FetchedArtifact.Output(role, executable, size, digest, file);
        }
    }
}
