package dev.cairn.remote;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.cairn.cache.Artifact;
import dev.cairn.cache.Digest;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;

/** Writes artifact bundles to files. Immutable; thread-safe. */
final class BundleWriter {
    private static final int LEVEL = 3;
    private static final int BUFFER = 64 << 10;

    private final String place;
    private final Optional<SigningKey> key;
    private final FormatLimits limits;

    /**
     * Makes a writer.
     *
     * @param place where the objects will be; signed with them
     */
    BundleWriter(String place, Optional<SigningKey> key, FormatLimits limits) {
        this.place = place;
        this.key = key;
        this.limits = limits;
    }

    /**
     * Writes an artifact into a file.
     *
     * @throws IOException when a blob cannot be read, or the artifact is larger than readers take
     */
    void write(Digest key, Artifact artifact, Path file) throws IOException {
        long plain = plainLength(artifact);
        long body = writeBody(artifact, file, true);
        boolean compressed = body < plain && limits.allows(body, plain);
        if (!compressed) {
            body = writeBody(artifact, file, false);
        }
        if (!limits.allows(body, plain)) {
            throw new IOException("larger than the remote tier takes: " + plain + " bytes");
        }
        writeHeader(file, compressed, body, plain, key);
    }

    private void writeHeader(Path file, boolean compressed, long body, long plain, Digest artifact) throws IOException {
        MessageDigest digest = BundleHeader.start(compressed, body, plain, artifact);
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.seek(BundleHeader.LENGTH);
            byte[] buffer = new byte[BUFFER];
            for (int length = out.read(buffer); length >= 0; length = out.read(buffer)) {
                digest.update(buffer, 0, length);
            }
            Digest content = Digest.read(digest.digest(), 0);
            Seal seal = key.map(signer -> signer.sign(BundleHeader.signed(place, content)))
                    .orElse(Seal.NONE);
            BundleHeader header =
                    new BundleHeader(compressed, body, plain, artifact, seal, BundleHeader.checksum(content, seal));
            out.seek(0);
            out.write(header.encode());
        }
    }

    private static long writeBody(Artifact artifact, Path file, boolean compressed) throws IOException {
        try (OutputStream out = new BufferedOutputStream(new FileOutputStream(file.toFile()), BUFFER)) {
            out.write(new byte[BundleHeader.LENGTH]);
            if (compressed) {
                OutputStream zstd = new ZstdOutputStreamNoFinalizer(out, LEVEL);
                writeContent(artifact, zstd);
                zstd.close();
            } else {
                writeContent(artifact, out);
            }
        }
        return Files.size(file) - BundleHeader.LENGTH;
    }

    private long plainLength(Artifact artifact) throws IOException {
        if (Math.max(artifact.stdout().length, artifact.stderr().length) > limits.text()) {
            throw new IOException("more text than the remote tier takes");
        }
        long length = Integer.BYTES * 3L + artifact.stdout().length + artifact.stderr().length;
        for (Artifact.Output output : artifact.outputs()) {
            if (!FormatLimits.ROLE.matcher(output.role()).matches()) {
                throw new IOException("an output's role is not one: " + output.role());
            }
            length += 1 + output.role().length() + 1 + Long.BYTES + Digest.LENGTH + output.size();
        }
        if (artifact.outputs().size() > FormatLimits.OUTPUTS) {
            throw new IOException("more outputs than the remote tier takes: "
                    + artifact.outputs().size());
        }
        return length;
    }

    private static void writeContent(Artifact artifact, OutputStream stream) throws IOException {
        DataOutputStream out = new DataOutputStream(stream);
        out.writeInt(artifact.outputs().size());
        out.writeInt(artifact.stdout().length);
        out.writeInt(artifact.stderr().length);
        for (Artifact.Output output : artifact.outputs()) {
            byte[] role = output.role().getBytes(StandardCharsets.US_ASCII);
            out.writeByte(role.length);
            out.write(role);
            out.writeByte(output.executable() ? 1 : 0);
            out.writeLong(output.size());
            out.write(output.digest().toBytes());
        }
        out.write(artifact.stdout());
        out.write(artifact.stderr());
        for (Artifact.Output output : artifact.outputs()) {
            try (InputStream in = open(output.payload())) {
                if (in.transferTo(out) != output.size()) {
                    throw new IOException("an output changed its size");
                }
            }
        }
        out.flush();
    }

    /** Opens the bytes, never a link to them. */
    private static InputStream open(Artifact.Payload payload) throws IOException {
        return switch (payload) {
            case Artifact.Payload.Inline inline -> new ByteArrayInputStream(inline.bytes());
            case Artifact.Payload.Blob blob -> Files.newInputStream(Path.of(blob.path()));
        };
    }
}
