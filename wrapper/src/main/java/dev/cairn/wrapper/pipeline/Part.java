package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Artifact;
import dev.cairn.cache.PinnedArtifact;
import dev.cairn.cache.Tier;
import dev.cairn.wrapper.events.EventBuilder;
import dev.cairn.wrapper.family.MakeRules;
import dev.cairn.wrapper.protocol.Answer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One source of an invocation with its answer. Immutable but for the event that it builds.
 *
 * @param tier where the answer was found
 * @param files what is to be written
 */
record Part(
        EventBuilder event, Recollection recollection, PinnedArtifact pinned, Tier tier, List<Answer.Delivery> files) {

    /** Makes a part; empty, and the artifact let go, when what is stored is not what this compilation wants. */
    static Optional<Part> of(EventBuilder event, Recollection recollection, PinnedArtifact pinned, Tier tier) {
        List<Answer.Delivery> files = new ArrayList<>();
        List<String> roles =
                pinned.artifact().outputs().stream().map(Artifact.Output::role).toList();
        if (!Roles.areAll(recollection.target(), roles)) {
            pinned.close();
            return Optional.empty();
        }
        for (Artifact.Output output : pinned.artifact().outputs()) {
            Optional<Answer.Delivery> file = recollection
                    .target()
                    .destination(output.role())
                    .flatMap(destination -> delivery(recollection.roots(), destination, output));
            if (file.isEmpty()) {
                pinned.close();
                return Optional.empty();
            }
            files.add(file.get());
        }
        return Optional.of(new Part(event, recollection, pinned, tier, files));
    }

    private static Optional<Answer.Delivery> delivery(Roots roots, String destination, Artifact.Output output) {
        int mode = output.executable() ? 0777 : 0666;
        // No switch: before one over types the JVM has to make a class, and a first hit would wait for that.
        if (output.payload() instanceof Artifact.Payload.Blob(String path)) {
            return Optional.of(new Answer.Delivery(destination, mode, output.size(), new Answer.Source.Blob(path)));
        }
        byte[] stored = ((Artifact.Payload.Inline) output.payload()).bytes();
        return (output.role().equals(Roles.RULES) ? rules(roots, stored) : Optional.of(stored))
                .map(bytes -> new Answer.Delivery(destination, mode, bytes.length, new Answer.Source.Inline(bytes)));
    }

    private static Optional<byte[]> rules(Roots roots, byte[] stored) {
        return MakeRules.decode(text(stored))
                .map(rules -> rules.withNames(roots::expand).text().getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Has the event say what this is. */
    void describe() {
        event.files(recollection.target().source(), recollection.target().output());
        event.notes(recollection.notes());
        event.context(recollection.context().hex());
        event.artifact(recollection.artifact().hex());
    }

    byte[] stdout() {
        return here(pinned.artifact().stdout());
    }

    byte[] stderr() {
        return here(pinned.artifact().stderr());
    }

    boolean isSilent() {
        return pinned.artifact().stdout().length == 0 && pinned.artifact().stderr().length == 0;
    }

    private byte[] here(byte[] stored) {
        return stored.length == 0 || recollection.roots().isEmpty()
                ? stored
                : recollection.roots().expandText(text(stored)).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
