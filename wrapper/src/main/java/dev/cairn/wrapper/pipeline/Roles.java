package dev.cairn.wrapper.pipeline;

import dev.cairn.wrapper.family.Compilation;
import dev.cairn.wrapper.family.SideOutput;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What an output of a compilation is for, as stored with it. */
final class Roles {
    /** The object or assembly. */
    static final String MAIN = "main";

    /** The dependency file that the user asked for, as it was written. */
    static final String DEPFILE = "depfile";

    /** The same in parts, with tokens in its names. */
    static final String RULES = "rules";

    private Roles() {}

    static String of(SideOutput.Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    /** Whether these are what a compilation makes, each once: its main output, its depfile if it wants one, no strangers. */
    static boolean areAll(Compilation compilation, List<String> roles) {
        boolean depfile = roles.contains(DEPFILE) != roles.contains(RULES);
        return roles.contains(MAIN)
                && roles.size() == Set.copyOf(roles).size()
                && (depfile || compilation.depfile().isEmpty())
                && roles.stream()
                        .allMatch(role -> destination(compilation, role).isPresent());
    }

    /** Returns where a compilation wants an output of a role; empty when it wants none. */
    static Optional<String> destination(Compilation compilation, String role) {
        return switch (role) {
            case MAIN -> Optional.of(compilation.output());
            case DEPFILE, RULES -> compilation.depfile().map(Compilation.Depfile::path);
            default ->
                compilation.sideOutputs().stream()
                        .filter(side -> of(side.role()).equals(role))
                        .map(SideOutput::path)
                        .findFirst();
        };
    }
}
