package dev.cairn.cache;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A stored artifact with what is needed to check its blobs. Immutable.
 *
 * @param artifact as the pipeline sees it
 * @param blobs the blobs among its outputs, each once
 * @param contexts the contexts whose manifests lead to it
 */
record ArtifactRecord(Artifact artifact, List<BlobReference> blobs, List<Digest> contexts) {
    private static final int INLINE = 0;
    private static final int BLOB = 1;

    ArtifactRecord {
        blobs = List.copyOf(blobs);
        contexts = List.copyOf(contexts);
    }

    /** Returns this record with further contexts. */
    ArtifactRecord reachableFrom(List<Digest> more) {
        Set<Digest> union = new LinkedHashSet<>(contexts);
        union.addAll(more);
        return new ArtifactRecord(artifact, blobs, List.copyOf(union));
    }

    /** Returns this record with one blob's signature replaced. */
    ArtifactRecord resigned(Digest blob, FileSignature signature) {
        List<BlobReference> resigned = new ArrayList<>();
        for (BlobReference reference : blobs) {
            resigned.add(reference.digest().equals(blob) ? reference.signed(signature) : reference);
        }
        return new ArtifactRecord(artifact, resigned, contexts);
    }

    /** Returns what the blobs take of the budget, as if none were shared. */
    long blobCharge() {
        long total = 0;
        for (BlobReference blob : blobs) {
            total += BlobRow.charge(blob.size());
        }
        return total;
    }

    byte[] encode(byte[] key) {
        RecordWriter writer = new RecordWriter(Table.ARTIFACTS, 512);
        writer.putCount(contexts.size());
        contexts.forEach(writer::putDigest);
        writer.putCount(blobs.size());
        for (BlobReference blob : blobs) {
            writer.putDigest(blob.digest()).putCount(blob.size()).putSignature(blob.signature());
        }
        writer.putCount(artifact.outputs().size());
        artifact.outputs().forEach(output -> encode(writer, output));
        return writer.putBytes(artifact.stdout()).putBytes(artifact.stderr()).finish(key);
    }

    private static void encode(RecordWriter writer, Artifact.Output output) {
        writer.putText(output.role())
                .putByte(output.executable() ? 1 : 0)
                .putCount(output.size())
                .putDigest(output.digest());
        switch (output.payload()) {
            case Artifact.Payload.Inline inline -> writer.putByte(INLINE).putBytes(inline.bytes());
            case Artifact.Payload.Blob blob -> writer.putByte(BLOB);
        }
    }

    /** @param paths leads from a blob's digest to its file */
    static Optional<ArtifactRecord> decode(byte[] key, byte[] value, Function<Digest, String> paths) {
        return RecordReader.decode(Table.ARTIFACTS, key, value, reader -> {
            List<Digest> contexts = reader.takeList(RecordReader::takeDigest);
            Map<Digest, BlobReference> blobs = new HashMap<>();
            List<BlobReference> references = reader.takeList(blob -> {
                Digest digest = blob.takeDigest();
                return new BlobReference(digest, blob.takeCount(), paths.apply(digest), blob.takeSignature());
            });
            references.forEach(reference -> blobs.put(reference.digest(), reference));
            List<Artifact.Output> outputs = reader.takeList(output -> output(output, blobs));
            return new ArtifactRecord(
                    new Artifact(outputs, reader.takeBytes(), reader.takeBytes()), references, contexts);
        });
    }

    private static Artifact.Output output(RecordReader reader, Map<Digest, BlobReference> blobs) {
        String role = reader.takeText();
        boolean executable = reader.takeByte() == 1;
        long size = reader.takeCount();
        Digest digest = reader.takeDigest();
        if (reader.takeByte() == INLINE) {
            return new Artifact.Output(role, executable, size, digest, new Artifact.Payload.Inline(reader.takeBytes()));
        }
        BlobReference blob = blobs.get(digest);
        if (blob == null) {
            throw new RecordReader.Malformed();
        }
        return new Artifact.Output(role, executable, size, digest, new Artifact.Payload.Blob(blob.path()));
    }
}
