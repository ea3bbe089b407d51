package dev.cairn.wrapper.family;

/**
 * A file that a compilation may write beside its main output. Whether it does depends on more than the command line
 * (debug information that is not made, link-time optimisation), so it counts when the run wrote it.
 *
 * @param role what it is for
 * @param path as the driver names it, relative to the working directory or absolute
 */
public record SideOutput(Role role, String path) {
    /** What a side output is for. */
    public enum Role {
        /** Debug information of {@code -gsplit-dwarf}. */
        DWO(".dwo"),
        /** The graph that coverage data refers to. */
        GCNO(".gcno"),
        /** Stack usage of each function. */
        SU(".su"),
        /** The call graph. */
        CI(".ci");

        private final String suffix;

        Role(String suffix) {
            this.suffix = suffix;
        }

        String suffix() {
            return suffix;
        }
    }
}
