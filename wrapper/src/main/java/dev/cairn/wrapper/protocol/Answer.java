package dev.cairn.wrapper.protocol;

import java.util.List;

/** What the daemon tells a launcher to do. */
public sealed interface Answer {
    /** Become the compiler. */
    record Passthrough(String reason) implements Answer {}

    /** Write these files and streams and exit with 0; or, when this is a part of what was asked for, ask for the rest. */
    record Hit(boolean hardLinks, boolean partial, List<Delivery> files, byte[] stdout, byte[] stderr)
            implements Answer {
        public Hit {
            files = List.copyOf(files);
        }
    }

    /**
     * Run the compiler and tell how it ended.
     *
     * @param dependencies index of the argument to replace by the path of the dependency list; 0 for none
     * @param scan argv of a separate dependency scan; empty for none
     * @param scanDependencies the same index in {@code scan}
     * @param hitMayCome whether a {@link Hit} may still come while the compiler runs
     */
    record Run(List<String> arguments, int dependencies, List<String> scan, int scanDependencies, boolean hitMayCome)
            implements Answer {
        public Run {
            arguments = List.copyOf(arguments);
            scan = List.copyOf(scan);
        }

        /** Returns the same with a {@link Hit} to come, or not. */
        public Run withHitToCome(boolean may) {
            return new Run(arguments, dependencies, scan, scanDependencies, may);
        }
    }

    /**
     * One file of a hit.
     *
     * @param destination as the compiler would have been told, relative to the working directory or absolute
     * @param mode permission bits before umask
     * @param size in bytes
     */
    record Delivery(String destination, int mode, long size, Source source) {}

    /** Where the bytes of a delivered file are. */
    sealed interface Source {
        /** The bytes themselves. */
        record Inline(byte[] bytes) implements Source {}

        /** A blob file, by absolute path. */
        record Blob(String path) implements Source {}
    }
}
