package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.DirectoryStates;
import dev.cairn.cache.Listing;
import dev.cairn.wrapper.family.IncludeScan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Finds every place at which the includes of a compilation could have found a file, and what is there now. A file that
 * stands at such a place and was not read when the entry was made is either one that never mattered (it was there then,
 * too) or one that would now be read instead: the entry then no longer holds. One instance judges one compilation at
 * one moment. Not thread-safe.
 */
final class IncludeSearch {
    private final DirectoryStates directories;
    private final Scans scans;
    private final String workingDirectory;
    private final Set<String> searchedNames = new LinkedHashSet<>();
    private final Questions probes = new Questions();
    private final Questions precompiled = new Questions();
    private final Map<String, Set<String>> localNames = new LinkedHashMap<>();
    private final Set<String> computedNames = new LinkedHashSet<>();
    private final Set<String> computedBases = new LinkedHashSet<>();
    private final Map<String, SearchedDirectory> seen = new HashMap<>();
    private final Set<String> found = new LinkedHashSet<>();
    private final Set<String> foundByProbe = new LinkedHashSet<>();

    IncludeSearch(DirectoryStates directories, Scans scans, String workingDirectory) {
        this.directories = directories;
        this.scans = scans;
        this.workingDirectory = workingDirectory;
    }

    /** Adds what a file asks for; {@code path} as the compiler named it. */
    void file(String path, IncludeScan scan) {
        String base = parent(path);
        scan.quoted().forEach(name -> local(base, name));
        searchedNames.addAll(scan.quoted());
        searchedNames.addAll(scan.angled());
        scan.probedQuoted().forEach(name -> local(base, name));
        searchedNames.addAll(scan.probedQuoted());
        searchedNames.addAll(scan.probedAngled());
        probes.add(base, scan.probedQuoted());
        probes.add(scan.probedAngled());
    }

    /** Adds the precompiled forms of what the source itself asks for; only there would a compiler take them. */
    void source(String path, IncludeScan scan) {
        file(path, scan);
        String base = parent(path);
        for (String name : scan.quoted()) {
            List<String> forms = Scans.precompiled(name);
            forms.forEach(form -> local(base, form));
            searchedNames.addAll(forms);
            precompiled.add(base, forms);
        }
        for (String name : scan.angled()) {
            List<String> forms = Scans.precompiled(name);
            searchedNames.addAll(forms);
            precompiled.add(forms);
        }
    }

    /** Adds a header that compilers include by themselves. */
    void builtIn(String name) {
        scans.note(name);
        searchedNames.add(name);
    }

    /** Adds a file given by {@code -include} or {@code -imacros}. */
    void forced(String name) {
        scans.note(name);
        List<String> forms = Scans.precompiled(name);
        List<String> names = new ArrayList<>(forms);
        names.add(name);
        names.forEach(n -> local("", n));
        searchedNames.addAll(names);
        precompiled.add("", forms);
    }

    /**
     * Adds the names by which includes whose name comes from a macro could have meant some files that were read.
     *
     * @param paths these files
     * @param read directories of all files that were read
     * @param searched directories searched
     */
    void computed(Collection<String> paths, Collection<String> read, Collection<String> searched) {
        computedBases.addAll(read);
        Set<String> bases = new HashSet<>(searched);
        bases.addAll(computedBases);
        for (String path : paths) {
            for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
                if (bases.contains(path.substring(0, slash))) {
                    computedNames.add(path.substring(slash + 1));
                }
            }
            if (bases.contains("") && !path.startsWith("/")) {
                computedNames.add(path);
            }
        }
        computedNames.forEach(scans::note);
        searchedNames.addAll(computedNames);
    }

    /** Looks at every place. */
    void run(Collection<String> searched) {
        IncludeNames everywhere = new IncludeNames(searchedNames);
        for (String base : new LinkedHashSet<>(searched)) {
            look(base, everywhere);
            if (!probes.isEmpty()) {
                probes.askedIn(absolute(base));
            }
            if (!precompiled.isEmpty()) {
                precompiled.askedIn(absolute(base));
            }
        }
        localNames.forEach((base, names) -> look(base, new IncludeNames(names)));
        probes.bases().forEach(base -> probes.askedIn(absolute(base)));
        precompiled.bases().forEach(base -> precompiled.askedIn(absolute(base)));
        IncludeNames computed = new IncludeNames(computedNames);
        computedBases.forEach(base -> look(base, computed));
    }

    private void look(String base, IncludeNames names) {
        at(absolute(base)).possible(names).forEach(name -> look(base, name));
    }

    /** Returns the files that stand at the places looked at, in one spelling (see {@link #plain}). */
    Set<String> found() {
        return found;
    }

    /** Returns those of them whose existence alone can decide something. */
    Set<String> foundByProbe() {
        return foundByProbe;
    }

    /** Returns what {@code __has_include} asked. */
    Questions probes() {
        return probes;
    }

    /** Returns what precompiled headers were looked for. */
    Questions precompiled() {
        return precompiled;
    }

    /** Returns the names that stood in a directory that was asked; none was, by what is known, in any other. */
    Listing listing(String directory) {
        return Objects.requireNonNull(seen.get(directory)).listing();
    }

    /** Returns the directories that were asked. */
    Collection<SearchedDirectory> directories() {
        return seen.values();
    }

    private void local(String base, String name) {
        localNames.computeIfAbsent(base, b -> new LinkedHashSet<>()).add(name);
    }

    private void look(String base, String name) {
        boolean absolute = name.startsWith("/");
        String directory = absolute ? "" : absolute(base);
        int start = absolute ? 1 : 0;
        while (true) {
            int slash = name.indexOf('/', start);
            String component = slash < 0 ? name.substring(start) : name.substring(start, slash);
            boolean step = component.isEmpty() || component.equals(".") || component.equals("..");
            if (!step && !directory.isEmpty()) {
                note(name, directory, absolute ? name : inBase(base, name));
            }
            if (!step && !at(directory).has(component)) {
                return;
            }
            if (slash < 0) {
                found(absolute ? name : inBase(base, name), name);
                return;
            }
            if (!component.isEmpty() && !component.equals(".")) {
                directory = directory + "/" + component;
            }
            start = slash + 1;
        }
    }

    private void note(String name, String directory, String path) {
        if (probes.has(name)) {
            probes.askedIn(directory);
        }
        if (precompiled.has(name)) {
            precompiled.askedIn(directory, plain(path));
        }
    }

    private static String inBase(String base, String name) {
        return base.isEmpty() ? name : base + "/" + name;
    }

    private void found(String path, String name) {
        String plain = plain(path);
        found.add(plain);
        if (probes.has(name)) {
            foundByProbe.add(plain);
        }
    }

    private SearchedDirectory at(String absolute) {
        return seen.computeIfAbsent(
                absolute, path -> new SearchedDirectory(directories.at(path.isEmpty() ? "/" : path)));
    }

    String absolute(String base) {
        if (base.isEmpty()) {
            return workingDirectory;
        }
        return base.startsWith("/") ? base : workingDirectory + "/" + base;
    }

    /** Returns the directory that a path names, as the compiler would write it. */
    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? (slash == 0 ? "/" : "") : path.substring(0, slash);
    }

    /** One spelling for the ways in which compilers join directory and name: no {@code ./} and no double slash. */
    static String plain(String path) {
        String plain = path;
        while (plain.startsWith("./")) {
            plain = plain.substring(2);
        }
        if (plain.contains("//") || plain.contains("/./")) {
            plain = plain.replace("/./", "/").replaceAll("/+", "/");
        }
        return plain;
    }
}
