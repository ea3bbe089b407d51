package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Digest;
import dev.cairn.wrapper.events.EventBuilder;
import dev.cairn.wrapper.protocol.Request;

/**
 * A compilation that a launcher runs now.
 *
 * @param survey what the directories held that the compiler searches
 * @param way what is known of the directories and links on the way to its inputs
 * @param started coarse clock before the compiler could start: whatever changed since is not what it read, or may not be
 * @param alone whether it is the only source of its run, so that what was printed is its own
 */
record Pending(Context context, Digest key, long started, Survey survey, Way way, EventBuilder event, boolean alone) {
    /** Makes one of which nothing is known of directories and links. */
    Pending(Context context, Digest key, long started, Survey survey, EventBuilder event, boolean alone) {
        this(context, key, started, survey, new Way(survey), event, alone);
    }

    /** Returns the same, with nothing known of directories and links: what was seen of them holds for that moment only. */
    Pending lookingAgain() {
        return new Pending(context, key, started, survey, event, alone);
    }

    Request request() {
        return context.request();
    }
}
