package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Digest;
import dev.cairn.cache.Expectation;
import dev.cairn.cache.Expectations;
import dev.cairn.cache.WatchedDirectory;
import dev.cairn.cache.WatchedFile;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything on the file system that an answer rests on: files with their content, files that must exist, files that
 * must not, and directories in which nothing may have come that an include could mean. Thread-safe.
 */
final class InputSet {
    private final Expectations expectations;

    private InputSet(Builder builder) {
        expectations = new Expectations(builder.expectations);
    }

    /** Whether all of it still holds now. */
    boolean holds() {
        return expectations.hold();
    }

    /** Number of files and directories, for bounding memory. */
    int size() {
        return expectations.size();
    }

    /** Collects an input set. Not thread-safe. */
    static final class Builder {
        private final List<Expectation> expectations = new ArrayList<>();

        Builder file(WatchedFile file, Digest content) {
            expectations.add(file.expectContent(content));
            return this;
        }

        Builder present(WatchedFile file) {
            expectations.add(file.expectPresence());
            return this;
        }

        Builder absent(WatchedFile file) {
            expectations.add(file.expectAbsence());
            return this;
        }

        /**
         * Adds a directory; {@code generation} was read before it was judged. A name that came may matter or not; who
         * judges it may look into directories that are not among these, so it has to be judged by a new lookup, which
         * makes a new set.
         */
        Builder directory(WatchedDirectory directory, long generation) {
            expectations.add(directory.expect(generation));
            return this;
        }

        /** Adds a path that must not become a regular file. */
        Builder notRegular(WatchedFile file) {
            expectations.add(file.expectNoRegularFile());
            return this;
        }

        /** Adds a directory in which nothing at all may come or go. */
        Builder unmoved(WatchedFile file) {
            expectations.add(file.expectSameSignature());
            return this;
        }

        /** Adds a path that must lead to the same file as now. */
        Builder place(WatchedFile file) {
            expectations.add(file.expectSameFile());
            return this;
        }

        /** Makes the set. */
        InputSet build() {
            return new InputSet(this);
        }
    }
}
