package dev.cairn.cache;

import java.util.concurrent.atomic.AtomicBoolean;

/** An artifact with pins on all its blobs. Thread-safe. */
final class PinnedBlobs implements PinnedArtifact {
    private final ArtifactRecord found;
    private final Tier tier;
    private final Pins pins;
    private final AtomicBoolean closed = new AtomicBoolean();

    private PinnedBlobs(ArtifactRecord found, Tier tier, Pins pins) {
        this.found = found;
        this.tier = tier;
        this.pins = pins;
    }

    /** Pins the blobs of an artifact; whether they are there is to be looked at afterwards. */
    static PinnedBlobs pin(ArtifactRecord found, Tier tier, Pins pins) {
        found.blobs().forEach(blob -> pins.pin(blob.digest()));
        return new PinnedBlobs(found, tier, pins);
    }

    @Override
    public Artifact artifact() {
        return found.artifact();
    }

    @Override
    public Tier tier() {
        return tier;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            found.blobs().forEach(blob -> pins.unpin(blob.digest()));
        }
    }
}
