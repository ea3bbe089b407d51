package dev.cairn.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Interner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Answers from memory, and otherwise from the next tier, whose answer it keeps. The heaviest use of memory is bounded
 * by weight (about bytes); what the next tier does not have is not remembered. Thread-safe.
 */
final class MemoryTier implements RecordSource {
    private static final int OBJECT = 64;

    /** An input that other manifests name too: the reference to it and a share of it. */
    private static final int SHARED_INPUT = 24;

    private final RecordSource next;
    private final long manifestWeight;
    private final long artifactWeight;

    /** Manifests of one project name the same headers over and over; each is held once. */
    private final Interner<ManifestEntry.Input> inputs = Interner.newWeakInterner();

    private final Interner<List<String>> texts = Interner.newWeakInterner();

    /** Replaced as a whole by {@link #clear}, so that loads that began before it leave nothing behind. */
    private volatile Kept kept;

    private record Kept(Cache<Digest, List<ManifestEntry>> manifests, Cache<Digest, ArtifactRecord> artifacts) {}

    /** @param weight bound in bytes, roughly */
    MemoryTier(RecordSource next, long weight) {
        this.next = next;
        this.manifestWeight = weight / 4 * 3;
        this.artifactWeight = weight - manifestWeight;
        this.kept = newKept();
    }

    private Kept newKept() {
        return new Kept(
                Caffeine.newBuilder()
                        .executor(Runnable::run)
                        .maximumWeight(manifestWeight)
                        .weigher((Digest key, List<ManifestEntry> entries) -> weigh(entries))
                        .build(),
                Caffeine.newBuilder()
                        .executor(Runnable::run)
                        .maximumWeight(artifactWeight)
                        .weigher((Digest key, ArtifactRecord found) -> weigh(found))
                        .build());
    }

    @Override
    public Optional<Found<List<ManifestEntry>>> manifest(Digest context) {
        Cache<Digest, List<ManifestEntry>> manifests = kept.manifests();
        List<ManifestEntry> known = manifests.getIfPresent(context);
        if (known != null) {
            return Optional.of(new Found<>(known, Tier.MEMORY));
        }
        return Optional.ofNullable(manifests.get(
                        context,
                        key -> next.manifest(key)
                                .map(found -> shared(found.value()))
                                .orElse(null)))
                .map(loaded -> new Found<>(loaded, Tier.DISK));
    }

    @Override
    public Optional<Found<ArtifactRecord>> artifact(Digest key) {
        Cache<Digest, ArtifactRecord> artifacts = kept.artifacts();
        ArtifactRecord known = artifacts.getIfPresent(key);
        if (known != null) {
            return Optional.of(new Found<>(known, Tier.MEMORY));
        }
        return Optional.ofNullable(artifacts.get(
                        key, absent -> next.artifact(absent).map(Found::value).orElse(null)))
                .map(loaded -> new Found<>(loaded, Tier.DISK));
    }

    /** Whether a manifest leads to an artifact and that is stored; neither is used or kept by being asked for. */
    boolean contains(Digest context, Digest artifact) {
        List<ManifestEntry> known = kept.manifests().policy().getIfPresentQuietly(context);
        List<ManifestEntry> entries =
                known != null ? known : next.manifest(context).map(Found::value).orElse(List.of());
        return entries.stream().anyMatch(entry -> entry.artifact().equals(artifact))
                && (kept.artifacts().policy().getIfPresentQuietly(artifact) != null
                        || next.artifact(artifact).isPresent());
    }

    /** Takes over what has just been written below. */
    void put(Digest key, ArtifactRecord artifact) {
        kept.artifacts().put(key, artifact);
    }

    /** Takes over what has just been written below; an empty manifest is none. */
    void put(Digest context, List<ManifestEntry> entries) {
        if (entries.isEmpty()) {
            kept.manifests().invalidate(context);
        } else {
            kept.manifests().put(context, shared(entries));
        }
    }

    /** Forgets an artifact that has just been removed below. */
    void remove(Digest key) {
        kept.artifacts().invalidate(key);
    }

    /** Forgets everything; to be called after everything was removed below. */
    void clear() {
        kept = newKept();
    }

    /**
     * Moves the entry of an artifact to the front of its manifest.
     *
     * @return whether the manifest below has, or may have, another order
     */
    boolean promote(Digest context, Digest artifact) {
        Cache<Digest, List<ManifestEntry>> manifests = kept.manifests();
        List<ManifestEntry> known = manifests.getIfPresent(context);
        if (known == null) {
            return true;
        }
        if (known.getFirst().artifact().equals(artifact)) {
            return false;
        }
        manifests.asMap().computeIfPresent(context, (key, entries) -> toFront(entries, artifact));
        return true;
    }

    /** Returns the entries with that of an artifact first, the others in their order. */
    static List<ManifestEntry> toFront(List<ManifestEntry> entries, Digest artifact) {
        List<ManifestEntry> reordered = new ArrayList<>(entries.size());
        entries.stream().filter(entry -> entry.artifact().equals(artifact)).forEach(reordered::add);
        entries.stream().filter(entry -> !entry.artifact().equals(artifact)).forEach(reordered::add);
        return List.copyOf(reordered);
    }

    private List<ManifestEntry> shared(List<ManifestEntry> entries) {
        return entries.stream()
                .map(entry -> new ManifestEntry(
                        entry.inputs().stream().map(inputs::intern).toList(),
                        texts.intern(entry.searched()),
                        texts.intern(entry.present()),
                        texts.intern(entry.probed()),
                        entry.conditions(),
                        entry.bound(),
                        entry.artifact()))
                .toList();
    }

    private static int weigh(List<ManifestEntry> entries) {
        long weight = OBJECT;
        for (ManifestEntry entry : entries) {
            int strings = entry.searched().size()
                    + entry.present().size()
                    + entry.probed().size()
                    + 3 * entry.conditions().size();
            weight += 2 * OBJECT + (long) SHARED_INPUT * entry.inputs().size() + (long) OBJECT * strings;
        }
        return (int) Math.min(weight, Integer.MAX_VALUE);
    }

    private static int weigh(ArtifactRecord found) {
        long weight = 4L * OBJECT
                + found.artifact().stdout().length
                + found.artifact().stderr().length;
        for (Artifact.Output output : found.artifact().outputs()) {
            weight += 5 * OBJECT;
            if (output.payload() instanceof Artifact.Payload.Inline inline) {
                weight += inline.bytes().length;
            }
        }
        return (int) Math.min(weight, Integer.MAX_VALUE);
    }
}
