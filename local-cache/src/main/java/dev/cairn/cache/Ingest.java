package dev.cairn.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes in the outputs of an artifact, as inline bytes and blob files. Thread-safe. */
final class Ingest {
    /** Room that is left to the database on a file system that is nearly full. */
    private static final long RESERVE = 8 << 20;

    private final StoreDirectory directory;
    private final DiskTier disk;
    private final BlobFiles blobs;
    private final Pins pins;

    Ingest(StoreDirectory directory, DiskTier disk, BlobFiles blobs, Pins pins) {
        this.directory = directory;
        this.disk = disk;
        this.blobs = blobs;
        this.pins = pins;
    }

    /** An artifact with the files of its outputs as they are before they are taken in. */
    record Measured(NewArtifact artifact, List<Source> sources, long bytes) {}

    /** An output as it is taken in. */
    sealed interface Source {
        /** A regular file. */
        record File(String role, Path path, boolean executable) implements Source {}

        /** Bytes. */
        record Bytes(String role, byte[] bytes) implements Source {}
    }

    /** Why an artifact is not taken in. */
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;

        private final String reason;

        Refusal(String reason, String detail) {
            super(detail, null, false, false);
            this.reason = reason;
        }

        ArtifactCache.StoreResult.Refused result() {
            return new ArtifactCache.StoreResult.Refused(reason, String.valueOf(getMessage()));
        }
    }

    /** An artifact that is taken in but not yet recorded. Its blobs stay pinned until it is closed. */
    final class Taken implements AutoCloseable {
        private final List<Digest> pinned = new ArrayList<>();
        private final Map<Digest, BlobReference> references = new LinkedHashMap<>();
        private final List<Artifact.Output> outputs = new ArrayList<>();

        private void add(Source source) throws IOException {
            switch (source) {
                case Source.File file -> add(file);
                case Source.Bytes(String role, byte[] bytes) ->
                    outputs.add(new Artifact.Output(
                            role, false, bytes.length, Hasher.content(bytes), new Artifact.Payload.Inline(bytes)));
            }
        }

        private void add(Source.File source) throws IOException {
            BlobFiles.Content content = blobs.take(source.path());
            try {
                outputs.add(new Artifact.Output(
                        source.role(), source.executable(), content.size(), content.digest(), payload(content)));
            } finally {
                BlobFiles.drop(content);
            }
        }

        private Artifact.Payload payload(BlobFiles.Content content) throws IOException {
            return switch (content) {
                case BlobFiles.Content.Small small -> new Artifact.Payload.Inline(small.bytes());
                case BlobFiles.Content.Large large ->
                    new Artifact.Payload.Blob(place(large).path());
            };
        }

        private BlobReference place(BlobFiles.Content.Large large) throws IOException {
            BlobReference known = references.get(large.digest());
            if (known != null) {
                return known;
            }
            pins.pin(large.digest());
            pinned.add(large.digest());
            BlobReference placed = blobs.place(large, disk.blob(large.digest()));
            references.put(large.digest(), placed);
            return placed;
        }

        /** Returns the record that is to be written while this is open. */
        ArtifactRecord toRecord(Digest context, NewArtifact artifact) {
            return new ArtifactRecord(
                    new Artifact(outputs, artifact.stdout(), artifact.stderr()),
                    List.copyOf(references.values()),
                    List.of(context));
        }

        /** Unpins the blobs; those that were not recorded are deleted. */
        @Override
        public void close() {
            for (Digest blob : pinned) {
                pins.collect(blob);
                pins.unpin(blob);
            }
        }
    }

    /** Looks at the outputs. */
    Measured measure(NewArtifact artifact, long largest) throws Refusal {
        List<Source> sources = new ArrayList<>();
        long bytes = (long) artifact.stdout().length + artifact.stderr().length;
        for (NewArtifact.NewOutput output : artifact.outputs()) {
            switch (output) {
                case NewArtifact.NewOutput.Written(String role, String name) -> {
                    Path path = Path.of(name);
                    PosixFileAttributes attributes = attributes(path);
                    boolean executable = attributes.permissions().contains(PosixFilePermission.OWNER_EXECUTE);
                    sources.add(new Source.File(role, path, executable));
                    bytes += attributes.size();
                }
                case NewArtifact.NewOutput.Text(String role, byte[] text) -> {
                    sources.add(new Source.Bytes(role, text));
                    bytes += text.length;
                }
            }
        }
        if (bytes > largest) {
            throw new Refusal("too_large", bytes + " bytes; the largest artifact that is kept has " + largest);
        }
        return new Measured(artifact, sources, bytes);
    }

    private static PosixFileAttributes attributes(Path path) throws Refusal {
        PosixFileAttributes attributes;
        try {
            attributes = Files.readAttributes(path, PosixFileAttributes.class);
        } catch (NoSuchFileException e) {
            throw new Refusal("output_missing", path.toString());
        } catch (IOException e) {
            throw new Refusal("output_unreadable", e.toString());
        }
        if (!attributes.isRegularFile()) {
            throw new Refusal("output_unreadable", path + " is not a regular file");
        }
        return attributes;
    }

    /** Takes in the outputs that were measured. */
    Taken take(Measured measured) throws Refusal, IOException {
        if (directory.usableBytes() < measured.bytes() + RESERVE) {
            throw new Refusal("store_failed", "no space left on the file system of " + directory.root());
        }
        Taken taken = new Taken();
        boolean done = false;
        try {
            for (Source source : measured.sources()) {
                taken.add(source);
            }
            done = true;
            return taken;
        } catch (BlobFiles.UnreadableOutput e) {
            boolean missing = e.getCause() instanceof NoSuchFileException;
            throw new Refusal(missing ? "output_missing" : "output_unreadable", String.valueOf(e.getMessage()));
        } finally {
            if (!done) {
                taken.close();
            }
        }
    }
}
