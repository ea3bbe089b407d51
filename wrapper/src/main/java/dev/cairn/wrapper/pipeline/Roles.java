package dev.cairn.wrapper.pipeline;

import dev.cairn.wrapper.family.SideOutput;
import java.util.List;
import java.util.Locale;
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
    static boolean areAll(Target target, List<String> roles) {
        boolean depfile = roles.contains(DEPFILE) != roles.contains(RULES);
        return roles.contains(MAIN)
                && roles.size() == Set.copyOf(roles).size()
                && (depfile || target.depfile().isEmpty())
                && roles.stream().allMatch(role -> target.destination(role).isPresent());
    }
}
