package dev.cairn.wrapper.pipeline;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.cairn.cache.Digest;
import dev.cairn.cache.Expectation;
import dev.cairn.cache.Expectations;
import dev.cairn.cache.Looks;
import dev.cairn.cache.WatchedFile;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Everything on the file system that an answer rests on: files with their content, files that must exist, files that
 * must not, and directories in which nothing may have come that an include could mean. Thread-safe.
 */
final class InputSet {
    /** The set of an answer of which it was looked at once whether it holds, and which is not asked again. */
    static final InputSet LAPSED =
            new InputSet(Headers.NONE.expectations(), Headers.NONE.expectations(), Headers.NONE.expectations(), true);

    private final Expectations common;
    private final Expectations shared;
    private final Expectations own;
    private final boolean lapsed;

    private InputSet(Expectations common, Expectations shared, Expectations own, boolean lapsed) {
        this.common = common;
        this.shared = shared;
        this.own = own;
        this.lapsed = lapsed;
    }

    /** Returns a set of all that is in some sets, of which there is at least one, each once. */
    static InputSet union(List<InputSet> sets) {
        InputSet first = sets.getFirst();
        if (sets.size() == 1) {
            return first;
        }
        Set<Expectation> own = new LinkedHashSet<>();
        for (InputSet set : sets) {
            if (set.common != first.common) {
                own.addAll(set.common.all());
            }
            if (set.shared != first.shared) {
                own.addAll(set.shared.all());
            }
            own.addAll(set.own.all());
        }
        boolean lapsed = sets.stream().anyMatch(set -> set.lapsed);
        return new InputSet(first.common, first.shared, new Expectations(List.copyOf(own)), lapsed);
    }

    /** Whether all of it still holds now. */
    boolean holds() {
        return !lapsed && common.hold() && shared.hold() && own.hold();
    }

    /**
     * Returns how all of it looks, if it holds now and looks can tell.
     *
     * @param lively directories in which, and below which, a build may write
     */
    Optional<byte[]> looks(List<String> lively) {
        List<Expectation> all = new ArrayList<>(common.all());
        all.addAll(shared.all());
        all.addAll(own.all());
        return lapsed ? Optional.empty() : Looks.of(all, path -> lively.stream().anyMatch(path::startsWith));
    }

    /** Number of files and directories that are not {@linkplain Builder#common common}, for bounding memory. */
    int size() {
        return shared.size() + own.size();
    }

    /**
     * What sets have in common, each once: what a compiler rests on is half of what each of its compilations does.
     * Thread-safe.
     */
    static final class Commons {
        private static final long MOST = 500;

        private final LoadingCache<List<Expectation>, Expectations> sets =
                Caffeine.newBuilder().executor(Runnable::run).maximumSize(MOST).build(Expectations::new);
    }

    /** Collects an input set. Not thread-safe. */
    static final class Builder {
        private final Commons commons;
        private List<Expectation> expectations = new ArrayList<>();
        private List<Expectation> common = List.of();
        private Headers shared = Headers.NONE;

        Builder(Commons commons) {
            this.commons = commons;
        }

        /** What was added until now, other sets rest on too. */
        Builder common() {
            common = List.copyOf(expectations);
            expectations = new ArrayList<>();
            return this;
        }

        /** What headers rest on is in the set too; to be called before anything is added of which a part may be in there. */
        Builder shared(Headers headers) {
            shared = headers;
            return this;
        }

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
         * Adds a directory that was searched. A name that came may matter or not; who judges it may look into directories
         * that are not among these, so it has to be judged by a new lookup, which makes a new set.
         */
        Builder directory(SearchedDirectory directory) {
            Expectation expected = directory.expectation();
            if (!shared.all().contains(expected)) {
                expectations.add(expected);
            }
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

        /** Returns what was added since what is common. */
        List<Expectation> own() {
            return expectations;
        }

        /** Makes the set. */
        InputSet build() {
            return new InputSet(commons.sets.get(common), shared.expectations(), new Expectations(expectations), false);
        }
    }
}
