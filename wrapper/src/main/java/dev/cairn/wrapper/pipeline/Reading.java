package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Digest;
import java.util.List;
import java.util.Map;

/**
 * What a run read beside its source, as its dependency list tells.
 *
 * @param paths in the list's order
 * @param contents what those hold that were looked at while the launcher waited; the others are to be looked at later
 */
record Reading(List<String> paths, Map<String, Digest> contents) {
    Reading {
        paths = List.copyOf(paths);
        contents = Map.copyOf(contents);
    }
}
