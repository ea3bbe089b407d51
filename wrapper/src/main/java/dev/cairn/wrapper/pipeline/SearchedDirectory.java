package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Expectation;
import dev.cairn.cache.Listing;
import dev.cairn.cache.WatchedDirectory;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A directory that a search asks, as it was when it was asked first, and what for. Not thread-safe. */
final class SearchedDirectory {
    private final WatchedDirectory directory;
    private final WatchedDirectory.View view;

    /** Only for a lively one: elsewhere nobody needs them. */
    private final Set<String> asked = new HashSet<>();

    SearchedDirectory(WatchedDirectory directory) {
        this.directory = directory;
        view = directory.view();
    }

    /** Returns the names that stood in it. */
    Listing listing() {
        return view.listing();
    }

    /** Whether it had an entry of this name. */
    boolean has(String name) {
        if (view.lively()) {
            asked.add(name);
        }
        return view.listing().has(name);
    }

    /** Returns those of some names that may lead to something in it. */
    List<String> possible(IncludeNames names) {
        if (view.lively()) {
            asked.addAll(names.firstComponents());
        }
        return names.possibleIn(view.listing());
    }

    /** Expects that nothing came that could matter to the search. */
    Expectation expectation() {
        return directory.expect(view.generation(), asked);
    }
}
