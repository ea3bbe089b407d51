package dev.cairn.wrapper.pipeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.cairn.cache.Digest;
import dev.cairn.cache.Records;
import dev.cairn.cache.WatchedFile;
import dev.cairn.wrapper.family.IncludeScan;
import dev.cairn.wrapper.family.IncludeScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** What the contents of files say about other files, by content, and all names that occur in them. Thread-safe. */
final class Scans {
    private static final long MOST_NAMES = 300_000;
    private static final List<String> PRECOMPILED = List.of(".gch", ".pch");

    private final Cache<Digest, IncludeScan> scans = Caffeine.newBuilder()
            .executor(Runnable::run)
            .maximumWeight(MOST_NAMES)
            .weigher((Digest content, IncludeScan scan) -> 4
                    + scan.quoted().size()
                    + scan.angled().size()
                    + scan.probedAngled().size()
                    + scan.lineFiles().size())
            .build();
    private final Set<String> components = ConcurrentHashMap.newKeySet();
    private final Set<String> probedDirectories = ConcurrentHashMap.newKeySet();
    private final Supplier<Optional<Records>> records;
    private final Set<String> noted = ConcurrentHashMap.newKeySet();

    /**
     * Makes an empty set.
     *
     * @param records where scans are kept over restarts, when there is such a place (yet)
     */
    Scans(Supplier<Optional<Records>> records) {
        this.records = records;
    }

    /**
     * Returns the scan of a file that has the given content.
     *
     * @return empty when the file has it no longer
     */
    Optional<IncludeScan> of(WatchedFile file, Digest content) {
        // Compilations that begin at once read the same headers: one of them does it.
        return Optional.ofNullable(
                scans.get(content, key -> found(file, content).orElse(null)));
    }

    private Optional<IncludeScan> found(WatchedFile file, Digest content) {
        Optional<IncludeScan> kept = records.get()
                .flatMap(r -> r.get(Records.Kind.SCAN, content.toBytes()))
                .flatMap(ScanCodec::decode);
        Optional<IncludeScan> found = kept.isPresent() ? kept : read(file, content);
        found.ifPresent(this::noteAll);
        return found;
    }

    private Optional<IncludeScan> read(WatchedFile file, Digest content) {
        try {
            IncludeScan scan = IncludeScanner.scan(Files.readAllBytes(Path.of(file.path())));
            if (!file.has(content)) {
                return Optional.empty();
            }
            records.get().ifPresent(r -> r.put(Records.Kind.SCAN, content.toBytes(), ScanCodec.encode(scan)));
            return Optional.of(scan);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Before anybody gets to know of the scan. */
    private void noteAll(IncludeScan scan) {
        scan.quoted().forEach(this::note);
        scan.angled().forEach(this::note);
        scan.probedQuoted().forEach(this::note);
        scan.probedAngled().forEach(this::note);
        scan.probedQuoted().forEach(name -> probedDirectories.addAll(directoriesOf(name)));
        scan.probedAngled().forEach(name -> probedDirectories.addAll(directoriesOf(name)));
    }

    /** Returns the directories in which a scanned file asked whether something is there: absolute, or below those searched. */
    Set<String> probedDirectories() {
        return probedDirectories;
    }

    /** Returns the directories that a name leads through. */
    static List<String> directoriesOf(String name) {
        List<String> directories = new ArrayList<>();
        for (int slash = name.indexOf('/', 1); slash > 0; slash = name.indexOf('/', slash + 1)) {
            directories.add(name.substring(0, slash));
        }
        return directories;
    }

    /** Returns what is known of a content. */
    Optional<IncludeScan> known(Digest content) {
        return Optional.ofNullable(scans.getIfPresent(content));
    }

    /** Notes a name that an include may ask for, so that its appearance in a directory is seen as relevant. */
    void note(String name) {
        if (noted.contains(name)) {
            return;
        }
        for (String component : name.split("/", -1)) {
            components.add(component);
        }
        String last = name.substring(name.lastIndexOf('/') + 1);
        PRECOMPILED.forEach(suffix -> components.add(last + suffix));
        noted.add(name); // last: who finds it there relies on the components
    }

    /** Whether any scanned file asks for a path with this component. */
    boolean mention(String name) {
        return components.contains(name);
    }

    /** Whether a file is a precompiled header by its name. */
    static boolean isPrecompiled(String path) {
        return PRECOMPILED.stream().anyMatch(path::endsWith);
    }

    /** Returns the header that a precompiled one was made of, by its name. */
    static String headerOf(String precompiled) {
        return precompiled.substring(0, precompiled.lastIndexOf('.'));
    }

    /** Returns the names under which a compiler would look for a precompiled form of a header. */
    static List<String> precompiled(String name) {
        return PRECOMPILED.stream().map(suffix -> name + suffix).toList();
    }
}
