package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Digest;
import dev.cairn.cache.FileSignature;
import dev.cairn.cache.WatchedDirectory;
import dev.cairn.cache.WatchedFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Everything on the file system that an answer rests on: files with their content, files that must exist, files that
 * must not, and directories in which nothing may have come that an include could mean. Thread-safe.
 */
final class InputSet {
    private final WatchedFile[] files;
    private final Digest[] contents;
    private final WatchedFile[] present;
    private final WatchedFile[] absent;
    private final WatchedDirectory[] directories;
    private final WatchedFile[] notRegular;
    private final WatchedFile[] places;
    private final List<Optional<Place>> wherePlaced;
    private final WatchedFile[] unmoved;
    private final List<Optional<FileSignature>> howUnmoved;
    private final long[] generations;

    private InputSet(Builder builder) {
        files = builder.files.toArray(WatchedFile[]::new);
        contents = builder.contents.toArray(Digest[]::new);
        present = builder.present.toArray(WatchedFile[]::new);
        absent = builder.absent.toArray(WatchedFile[]::new);
        directories = builder.directories.toArray(WatchedDirectory[]::new);
        generations = builder.generations.stream().mapToLong(Long::longValue).toArray();
        notRegular = builder.notRegular.toArray(WatchedFile[]::new);
        places = builder.places.toArray(WatchedFile[]::new);
        wherePlaced = List.copyOf(builder.wherePlaced);
        unmoved = builder.unmoved.toArray(WatchedFile[]::new);
        howUnmoved = List.copyOf(builder.howUnmoved);
    }

    /** Whether all of it still holds now. */
    boolean holds() {
        for (int i = 0; i < files.length; i++) {
            if (!files[i].has(contents[i])) {
                return false;
            }
        }
        for (WatchedFile file : present) {
            if (file.signature().isEmpty()) {
                return false;
            }
        }
        for (WatchedFile file : absent) {
            if (file.signature().isPresent()) {
                return false;
            }
        }
        for (WatchedFile file : notRegular) {
            if (file.signature().filter(FileSignature::isRegular).isPresent()) {
                return false;
            }
        }
        return placesHold() && unmovedHold() && directoriesHold();
    }

    /**
     * A name that came may matter or not; who judges it may look into directories that are not among these, so it has to
     * be judged by a new lookup, which makes a new set.
     */
    private boolean directoriesHold() {
        for (int i = 0; i < directories.length; i++) {
            if (directories[i].view().generation() != generations[i]) {
                return false;
            }
        }
        return true;
    }

    private boolean placesHold() {
        for (int i = 0; i < places.length; i++) {
            if (!places[i].signature().map(Place::of).equals(wherePlaced.get(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean unmovedHold() {
        for (int i = 0; i < unmoved.length; i++) {
            if (!unmoved[i].signature().equals(howUnmoved.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Which file a path leads to, whatever its content. */
    private record Place(long device, long inode) {
        static Place of(FileSignature signature) {
            return new Place(signature.device(), signature.inode());
        }
    }

    /** Number of files and directories, for bounding memory. */
    int size() {
        return files.length + present.length + absent.length + 2 * directories.length;
    }

    /** Collects an input set. Not thread-safe. */
    static final class Builder {
        private final List<WatchedFile> files = new ArrayList<>();
        private final List<Digest> contents = new ArrayList<>();
        private final List<WatchedFile> present = new ArrayList<>();
        private final List<WatchedFile> absent = new ArrayList<>();
        private final List<WatchedFile> notRegular = new ArrayList<>();
        private final List<WatchedFile> places = new ArrayList<>();
        private final List<WatchedFile> unmoved = new ArrayList<>();
        private final List<Optional<FileSignature>> howUnmoved = new ArrayList<>();
        private final List<Optional<Place>> wherePlaced = new ArrayList<>();
        private final List<WatchedDirectory> directories = new ArrayList<>();
        private final List<Long> generations = new ArrayList<>();

        Builder file(WatchedFile file, Digest content) {
            files.add(file);
            contents.add(file.canonical(content));
            return this;
        }

        Builder present(WatchedFile file) {
            present.add(file);
            return this;
        }

        Builder absent(WatchedFile file) {
            absent.add(file);
            return this;
        }

        /** Adds a directory; {@code generation} was read before it was judged. */
        Builder directory(WatchedDirectory directory, long generation) {
            directories.add(directory);
            generations.add(generation);
            return this;
        }

        /** Adds a path that must not become a regular file. */
        Builder notRegular(WatchedFile file) {
            notRegular.add(file);
            return this;
        }

        /** Adds a directory in which nothing at all may come or go. */
        Builder unmoved(WatchedFile file) {
            unmoved.add(file);
            howUnmoved.add(file.signature());
            return this;
        }

        /** Adds a path that must lead to the same file as now. */
        Builder place(WatchedFile file) {
            places.add(file);
            wherePlaced.add(file.signature().map(Place::of));
            return this;
        }

        /** Makes the set. */
        InputSet build() {
            return new InputSet(this);
        }
    }
}
