package dev.cairn.wrapper.pipeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.cairn.cache.Expectation;
import dev.cairn.cache.Expectations;
import dev.cairn.cache.ManifestEntry;
import dev.cairn.wrapper.family.IncludeScan;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What was found out about the headers of an entry: sources that ask for the same ones from one directory share it, so that for
 * all but the first of them it only has to be looked at whether everything is as it was. Immutable.
 *
 * @param strangers files that stand where an include would find them, and of which the entry does not know
 * @param bases directories in which includes may have looked whose names come from macros; empty where there are none
 * @param expectations all that this rests on
 * @param all the same, to be asked for one
 */
record Headers(Set<String> strangers, Set<String> bases, Expectations expectations, Set<Expectation> all) {
    /** Nothing. */
    static final Headers NONE = of(Set.of(), Set.of(), List.of());

    static Headers of(Set<String> strangers, Set<String> bases, List<Expectation> expectations) {
        return new Headers(
                Set.copyOf(strangers), Set.copyOf(bases), new Expectations(expectations), Set.copyOf(expectations));
    }

    /**
     * All that decides what is found out, but for the file system.
     *
     * @param directory the working directory
     * @param base the source's directory, where names in quotes are looked for first
     * @param own what the source asks for
     * @param forced files that options ask for
     */
    private record Key(
            String directory,
            String base,
            IncludeScan own,
            List<String> forced,
            List<ManifestEntry.Input> inputs,
            List<String> searched,
            List<String> present,
            List<String> probed) {
        static Key of(Context context, ManifestEntry entry, IncludeScan own) {
            return new Key(
                    context.request().directory(),
                    IncludeSearch.parent(context.compilation().source()),
                    own,
                    context.compilation().line().forced(),
                    entry.inputs(),
                    entry.searched(),
                    entry.present(),
                    entry.probed());
        }
    }

    /** The last few. Thread-safe. */
    static final class Known {
        private static final long MOST = 16;

        private final Cache<Key, Headers> last =
                Caffeine.newBuilder().executor(Runnable::run).maximumSize(MOST).build();

        /** Returns what is known of an entry's headers, if all of that still holds now. */
        Optional<Headers> of(Context context, ManifestEntry entry, IncludeScan own) {
            return Optional.ofNullable(last.getIfPresent(Key.of(context, entry, own)))
                    .filter(headers -> headers.expectations().hold());
        }

        void keep(Context context, ManifestEntry entry, IncludeScan own, Headers headers) {
            last.put(Key.of(context, entry, own), headers);
        }
    }
}
