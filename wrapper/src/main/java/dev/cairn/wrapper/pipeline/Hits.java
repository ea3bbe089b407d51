package dev.cairn.wrapper.pipeline;

import dev.cairn.wrapper.protocol.Answer;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What was found for one invocation, in the order of its sources; pinned until it is released. Not thread-safe. */
final class Hits {
    private final List<Part> parts = new ArrayList<>();

    void add(Part part) {
        parts.add(part);
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    /** Returns them as they are, until more come or they are released. */
    List<Part> parts() {
        return Collections.unmodifiableList(parts);
    }

    List<Recollection> recollections() {
        return parts.stream().map(Part::recollection).toList();
    }

    /** Whether nothing is printed with them. */
    boolean areSilent() {
        return parts.stream().allMatch(Part::isSilent);
    }

    /**
     * Returns what the launcher is to deliver, and has their events say what it was.
     *
     * @param whole whether that is all that the invocation asks for
     */
    Answer.Hit answer(boolean hardLink, boolean whole) {
        List<Answer.Delivery> files = new ArrayList<>();
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        for (Part part : parts) {
            part.describe();
            files.addAll(part.files());
            stdout.writeBytes(part.stdout());
            stderr.writeBytes(part.stderr());
        }
        return new Answer.Hit(hardLink, !whole, files, stdout.toByteArray(), stderr.toByteArray());
    }

    /** Lets them go. */
    void release() {
        parts.forEach(part -> part.pinned().close());
        parts.clear();
    }
}
