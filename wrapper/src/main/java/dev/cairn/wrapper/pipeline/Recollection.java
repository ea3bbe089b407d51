package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Digest;
import dev.cairn.cache.ManifestEntry.Condition;
import java.util.List;

/**
 * A verified answer for one source and what it rests on. Immutable but for the verification's own memory.
 *
 * @param target where its outputs go
 * @param inputs everything on the file system that must still hold
 * @param conditions what else must
 * @param notes what was decided about paths, for a person
 * @param roots the directories whose tokens are in what is stored; none when it is stored as it was made
 * @param context context key
 * @param shelf what the entry is kept under in the local cache: the context key, but for what a warm-up brought
 */
record Recollection(
        Target target,
        InputSet inputs,
        List<Condition> conditions,
        List<String> notes,
        Roots roots,
        Digest context,
        Digest shelf,
        Digest artifact) {
    /** Whether a warm-up brought it: it is then known by another machine's record, and kept under a key of this one's. */
    boolean isWarmed() {
        return !shelf.equals(context);
    }

    Recollection {
        conditions = List.copyOf(conditions);
    }
}
