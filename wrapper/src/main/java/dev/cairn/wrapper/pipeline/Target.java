package dev.cairn.wrapper.pipeline;

import dev.cairn.wrapper.family.Compilation;
import dev.cairn.wrapper.family.SideOutput;
import java.util.List;
import java.util.Optional;

/**
 * Where the outputs of one source of an invocation go: what delivering an answer again needs of a {@link Compilation}, which
 * is larger and of which as many would be remembered. Paths are as written. Immutable.
 *
 * @param position where among the arguments the source is
 * @param source the source file
 * @param output the main output
 * @param depfile the dependency file that the user asked for
 * @param sideOutputs further files that may be written
 */
record Target(int position, String source, String output, Optional<String> depfile, List<SideOutput> sideOutputs) {

    static Target of(Compilation compilation) {
        return new Target(
                compilation.position(),
                compilation.source(),
                compilation.output(),
                compilation.depfile().map(Compilation.Depfile::path),
                compilation.sideOutputs());
    }

    /** Returns where an output of a role goes; empty when none is wanted. */
    Optional<String> destination(String role) {
        return switch (role) {
            case Roles.MAIN -> Optional.of(output);
            case Roles.DEPFILE, Roles.RULES -> depfile;
            default ->
                sideOutputs.stream()
                        .filter(side -> Roles.of(side.role()).equals(role))
                        .map(SideOutput::path)
                        .findFirst();
        };
    }
}
