package dev.cairn.cache;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is expected of a {@link WatchedFile}. Thread-safe. */
sealed interface FileExpectation extends Expectation {
    /** The file has a content. */
    final class Content implements FileExpectation {
        private final WatchedFile file;
        private final Digest content;
        private volatile @Nullable Look look;

        private record Look(FileSignature signature, Appearance appearance) {}

        Content(WatchedFile file, Digest content) {
            this.file = file;
            this.content = content;
        }

        Digest content() {
            return content;
        }

        @Override
        public String path() {
            return file.path();
        }

        @Override
        public boolean holds() {
            return file.has(content);
        }

        /** A trusted signature stands for its content for ever, whatever became of the file meanwhile. */
        @Override
        public Optional<Appearance> appearance() {
            Optional<FileSignature> signature = file.trustedSignatureOf(content);
            Look known = look;
            if (signature.isEmpty() || (known != null && known.signature.equals(signature.get()))) {
                return signature.isEmpty() || known == null ? Optional.empty() : Optional.of(known.appearance);
            }
            Appearance made = Appearance.of(file.nativePath(), Appearance.Kind.SAME, signature.get());
            look = new Look(signature.get(), made);
            return Optional.of(made);
        }
    }

    /** Something is there, whatever it is; or nothing; or nothing that is a regular file. */
    record Existence(WatchedFile file, Appearance.Kind kind, Appearance look) implements FileExpectation {
        static Existence of(WatchedFile file, Appearance.Kind kind) {
            return new Existence(file, kind, Appearance.of(file.nativePath(), kind));
        }

        @Override
        public String path() {
            return file.path();
        }

        @Override
        public boolean holds() {
            Optional<FileSignature> now = file.signature();
            return switch (kind) {
                case THERE -> now.isPresent();
                case ABSENT -> now.isEmpty();
                case NOT_REGULAR -> now.filter(FileSignature::isRegular).isEmpty();
                default -> throw new IllegalStateException("not about existence: " + kind);
            };
        }

        @Override
        public Optional<Appearance> appearance() {
            return Optional.of(look);
        }
    }

    /** The path leads to the file, or to the nothing, that it led to; with {@code unchanged}, to the same state of it. */
    record Place(WatchedFile file, Optional<FileSignature> was, boolean unchanged, Appearance look)
            implements FileExpectation {
        static Place of(WatchedFile file, Optional<FileSignature> was, boolean unchanged) {
            MemorySegment path = file.nativePath();
            Appearance.Kind kind = unchanged ? Appearance.Kind.SAME : Appearance.Kind.SAME_FILE;
            Appearance look = was.map(signature -> Appearance.of(path, kind, signature))
                    .orElseGet(() -> Appearance.of(path, Appearance.Kind.ABSENT));
            return new Place(file, was, unchanged, look);
        }

        @Override
        public String path() {
            return file.path();
        }

        @Override
        public boolean holds() {
            Optional<FileSignature> now = file.signature();
            if (unchanged || now.isEmpty() || was.isEmpty()) {
                return now.equals(was);
            }
            return now.get().isOfSameFile(was.get());
        }

        @Override
        public Optional<Appearance> appearance() {
            return Optional.of(look);
        }
    }
}
