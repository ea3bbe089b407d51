package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Digest;
import dev.cairn.wrapper.events.EventBuilder;
import dev.cairn.wrapper.family.Compiler;
import dev.cairn.wrapper.protocol.Request;

/**
 * A compilation that a launcher runs now.
 *
 * @param way what is known of the directories and links on the way to its inputs
 * @param started coarse clock before the compiler could start: whatever changed since is not what it read, or may not be
 */
record Pending(
        Request request,
        Digest requestKey,
        Compiler compiler,
        Context context,
        Digest key,
        long started,
        Way way,
        EventBuilder event) {}
