package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Listing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Names that includes ask for, by their first component: most names are not in most directories, and most of those by that.
 * Not thread-safe.
 */
final class IncludeNames {
    private final Map<String, Group> groups = new LinkedHashMap<>();

    /** Those that begin with no plain component: with {@code .} or {@code ..}, or absolute ones. */
    private final List<String> others = new ArrayList<>();

    private record Group(int place, List<String> names) {}

    IncludeNames(Collection<String> names) {
        for (String name : names) {
            int slash = name.indexOf('/');
            String first = slash < 0 ? name : name.substring(0, slash);
            if (first.isEmpty() || first.equals(".") || first.equals("..")) {
                others.add(name);
            } else {
                groups.computeIfAbsent(first, f -> new Group(groups.size(), new ArrayList<>()))
                        .names()
                        .add(name);
            }
        }
    }

    /** Returns what a directory is asked for first, where it is not another one that is meant. */
    Set<String> firstComponents() {
        return groups.keySet();
    }

    /** Returns those that may lead to something in a directory, in the same order for equal names and directories. */
    List<String> possibleIn(Listing listing) {
        List<String> possible = new ArrayList<>(others);
        if (listing instanceof Listing.Names(var entries) && entries.size() < groups.size()) {
            List<Group> found = new ArrayList<>();
            for (String entry : entries) {
                Group group = groups.get(entry);
                if (group != null) {
                    found.add(group);
                }
            }
            found.sort(Comparator.comparingInt(Group::place));
            found.forEach(group -> possible.addAll(group.names()));
        } else {
            groups.forEach((first, group) -> {
                if (listing.has(first)) {
                    possible.addAll(group.names());
                }
            });
        }
        return possible;
    }
}
