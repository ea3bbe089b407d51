package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.DirectoryStates;
import dev.cairn.cache.Listing;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What stood in directories before a compiler could start: only so can be told later what has gone. Immutable. */
record Survey(Map<String, Listing> listings) {
    /** No directory was looked at. */
    static final Survey NONE = new Survey(Map.of());

    /** Looks at directories, by absolute paths. */
    static Survey of(DirectoryStates directories, Collection<String> paths) {
        Map<String, Listing> listings = new HashMap<>();
        paths.forEach(path ->
                listings.computeIfAbsent(path, p -> directories.at(p).view().listing()));
        return new Survey(listings);
    }

    /** Returns what stood in a directory; empty when it was not looked at. */
    Optional<Listing> at(String path) {
        return Optional.ofNullable(listings.get(path));
    }
}
