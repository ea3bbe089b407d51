package dev.cairn.wrapper.family;

import java.util.List;
import java.util.Optional;

/**
 * An invocation, parsed: one source to one output. Paths are as written, relative to the working directory or absolute.
 * Immutable.
 *
 * @param arguments argv without argv[0], response files expanded
 * @param keyArguments the arguments that decide the content of the outputs; those that only name them may be missing
 * @param source the source file
 * @param language what the driver takes the source for
 * @param output the main output, as given or as the driver would name it
 * @param depfile the dependency file that the user asked for
 * @param searched directories given to search includes in, those for quotes first
 * @param forced files read before the source
 * @param probes arguments that decide which tools and directories the driver uses
 * @param preprocessorArguments the arguments without those that name outputs or say what kind of output is made
 * @param responseFiles response files that were expanded
 * @param nativeProcessor whether the processor of this machine decides the output
 */
public record Compilation(
        List<String> arguments,
        List<String> keyArguments,
        String source,
        Language language,
        String output,
        Optional<Depfile> depfile,
        List<String> searched,
        List<String> forced,
        List<String> probes,
        List<String> preprocessorArguments,
        List<String> responseFiles,
        boolean nativeProcessor) {

    /**
     * A dependency file.
     *
     * @param complete whether it names system headers too, so that it can serve as the list of inputs
     */
    public record Depfile(String path, boolean complete) {}

    public Compilation {
        arguments = List.copyOf(arguments);
        keyArguments = List.copyOf(keyArguments);
        searched = List.copyOf(searched);
        forced = List.copyOf(forced);
        probes = List.copyOf(probes);
        preprocessorArguments = List.copyOf(preprocessorArguments);
        responseFiles = List.copyOf(responseFiles);
    }
}
