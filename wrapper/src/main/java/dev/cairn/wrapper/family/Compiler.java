package dev.cairn.wrapper.family;

import dev.cairn.cache.Digest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * A compiler, known by the content of the tools that make its output. Immutable.
 *
 * @param identity digest over those contents
 * @param features what it can do, in words of this class
 * @param tools absolute paths of those tools, whose content must stay what it was
 * @param contents their digests, in the same order
 * @param absent absolute paths at which another tool would be found first
 * @param parents directories by whose entries the driver decides where to search
 * @param parentStates what they were: an entry came or went when this differs
 * @param searched directories that it searches includes in by itself, existing or not
 */
public record Compiler(
        Dialect dialect,
        Digest identity,
        List<String> features,
        List<String> tools,
        List<Digest> contents,
        List<String> absent,
        List<String> parents,
        List<String> parentStates,
        List<String> searched) {
    /** It maps paths in everything it writes ({@code -ffile-prefix-map}). */
    static final String MAPS_PATHS = "maps-paths";

    /** It takes the time from {@code SOURCE_DATE_EPOCH}. */
    static final String READS_EPOCH = "reads-epoch";

    public Compiler {
        features = List.copyOf(features);
        tools = List.copyOf(tools);
        contents = List.copyOf(contents);
        absent = List.copyOf(absent);
        parents = List.copyOf(parents);
        parentStates = List.copyOf(parentStates);
        searched = List.copyOf(searched);
    }

    /** Whether a header is one of those that come with the compiler or the system, by its path. */
    public boolean brings(String path) {
        return searched.stream().anyMatch(directory -> Paths.isWithin(path, directory));
    }

    /** Whether paths can be mapped in everything that it writes. */
    public boolean mapsPaths() {
        return features.contains(MAPS_PATHS);
    }

    /** Whether {@code SOURCE_DATE_EPOCH} is its idea of the time. */
    public boolean readsEpoch() {
        return features.contains(READS_EPOCH);
    }

    /** Returns the compiler as texts, to be kept. */
    public List<String> toTexts() {
        List<String> texts = new ArrayList<>(List.of(dialect.name(), identity.hex(), String.join(",", features)));
        texts.add(Integer.toString(tools.size()));
        for (int i = 0; i < tools.size(); i++) {
            texts.add(tools.get(i));
            texts.add(contents.get(i).hex());
        }
        texts.add(Integer.toString(absent.size()));
        texts.addAll(absent);
        texts.add(Integer.toString(parents.size()));
        for (int i = 0; i < parents.size(); i++) {
            texts.add(parents.get(i));
            texts.add(parentStates.get(i));
        }
        texts.addAll(searched);
        return texts;
    }

    /** Makes a compiler from its texts; empty when they are not those of one. */
    public static Optional<Compiler> ofTexts(List<String> texts) {
        try {
            Iterator<String> next = texts.iterator();
            Dialect dialect = Dialect.valueOf(next.next());
            Digest identity = Digest.parse(next.next());
            List<String> features = List.of(next.next().split(",", -1));
            List<String> tools = new ArrayList<>();
            List<Digest> contents = new ArrayList<>();
            for (int count = Integer.parseInt(next.next()); count > 0; count--) {
                tools.add(next.next());
                contents.add(Digest.parse(next.next()));
            }
            List<String> absent = new ArrayList<>();
            for (int count = Integer.parseInt(next.next()); count > 0; count--) {
                absent.add(next.next());
            }
            List<String> parents = new ArrayList<>();
            List<String> parentStates = new ArrayList<>();
            for (int count = Integer.parseInt(next.next()); count > 0; count--) {
                parents.add(next.next());
                parentStates.add(next.next());
            }
            List<String> searched = new ArrayList<>();
            next.forEachRemaining(searched::add);
            return Optional.of(new Compiler(
                    dialect, identity, features, tools, contents, absent, parents, parentStates, searched));
        } catch (IllegalArgumentException | NoSuchElementException e) {
            return Optional.empty();
        }
    }
}
