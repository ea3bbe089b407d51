package dev.cairn.cache;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One path and what is known of the content behind it. The content is always that of the file as it is at the time of
 * the call: the signature is compared at every question and the bytes are read again when it moved, or when it was too
 * young to be trusted when they were read. Thread-safe.
 */
public final class WatchedFile {
    private static final int ATTEMPTS = 3;

    private final String path;
    private final MemorySegment nativePath;
    private final FileStates owner;
    private volatile @Nullable FileState state;
    // One of each for all who expect it: many compilations expect the same of the same paths, and each takes native
    // memory.
    private volatile FileExpectation.@Nullable Content expected;
    private volatile FileExpectation.@Nullable Existence presence;
    private volatile FileExpectation.@Nullable Existence absence;
    private volatile FileExpectation.@Nullable Existence noRegularFile;
    private volatile FileExpectation.@Nullable Place sameFile;
    private volatile FileExpectation.@Nullable Place sameSignature;

    WatchedFile(String path, FileStates owner) {
        this.path = path;
        this.nativePath = Statx.cString(path);
        this.owner = owner;
    }

    /** Returns the path, one char per byte. */
    public String path() {
        return path;
    }

    /** Returns the current signature, or empty when nothing is there. */
    public Optional<FileSignature> signature() {
        return Statx.signature(nativePath);
    }

    /** Returns the digest of the current content; empty when this is not a readable, quiet, regular file. */
    public Optional<Digest> content() {
        return current().map(FileState::content);
    }

    /** Whether the file's current content has this digest. One system call when nothing changed. */
    public boolean has(Digest content) {
        FileState known = state;
        if (known != null && known.trusted() && Statx.matches(nativePath, known.signature())) {
            return known.content().equals(content);
        }
        return content().filter(content::equals).isPresent();
    }

    /** Returns the instance of an equal digest that this file already holds, else the one given; saves memory. */
    public Digest canonical(Digest content) {
        FileState known = state;
        return known != null && known.content().equals(content) ? known.content() : content;
    }

    /** Expects this content; there is one such object for all who expect the same. */
    public Expectation expectContent(Digest content) {
        FileExpectation.Content known = expected;
        if (known == null || !known.content().equals(content)) {
            known = new FileExpectation.Content(this, canonical(content));
            expected = known;
        }
        return known;
    }

    /** Expects that something is there. */
    public Expectation expectPresence() {
        FileExpectation.Existence expectation = existence(presence, Appearance.Kind.THERE);
        presence = expectation;
        return expectation;
    }

    /** Expects that nothing is there. */
    public Expectation expectAbsence() {
        FileExpectation.Existence expectation = existence(absence, Appearance.Kind.ABSENT);
        absence = expectation;
        return expectation;
    }

    /** Expects that nothing is there, or something that is not a regular file. */
    public Expectation expectNoRegularFile() {
        FileExpectation.Existence expectation = existence(noRegularFile, Appearance.Kind.NOT_REGULAR);
        noRegularFile = expectation;
        return expectation;
    }

    private FileExpectation.Existence existence(FileExpectation.@Nullable Existence known, Appearance.Kind kind) {
        return known == null ? FileExpectation.Existence.of(this, kind) : known;
    }

    /** Expects that the path leads to the same file as now, whatever its content. */
    public Expectation expectSameFile() {
        FileExpectation.Place expectation = place(sameFile, false);
        sameFile = expectation;
        return expectation;
    }

    /** Expects that the signature is the one of now. */
    public Expectation expectSameSignature() {
        FileExpectation.Place expectation = place(sameSignature, true);
        sameSignature = expectation;
        return expectation;
    }

    private FileExpectation.Place place(FileExpectation.@Nullable Place known, boolean unchanged) {
        Optional<FileSignature> now = signature();
        return known != null && known.was().equals(now) ? known : FileExpectation.Place.of(this, now, unchanged);
    }

    /** Returns the signature that stands for a content, if it is the known state of this file and can be trusted. */
    Optional<FileSignature> trustedSignatureOf(Digest content) {
        FileState known = state;
        return known != null && known.trusted() && known.content().equals(content)
                ? Optional.of(known.signature())
                : Optional.empty();
    }

    MemorySegment nativePath() {
        return nativePath;
    }

    /** Returns signature and digest, taken together; empty as for {@link #content()}. */
    public Optional<FileState> current() {
        FileState known = state;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<FileSignature> now = signature();
            if (now.isEmpty() || !now.get().isRegular()) {
                state = null;
                return Optional.empty();
            }
            FileSignature signature = now.get();
            if (known == null) {
                known = owner.recall(path).orElse(null);
            }
            if (known != null && known.trusted() && known.signature().equals(signature)) {
                state = known;
                return Optional.of(known);
            }
            Optional<FileState> read = owner.read(path, signature);
            if (read.isPresent() && Statx.matches(nativePath, signature)) {
                state = read.get();
                owner.remember(path, read.get());
                return read;
            }
            known = null;
        }
        return Optional.empty();
    }
}
