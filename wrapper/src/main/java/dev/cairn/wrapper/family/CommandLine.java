package dev.cairn.wrapper.family;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What the arguments of an invocation say, whichever of its sources is meant. Paths are as written, relative to the
 * working directory or absolute. Immutable.
 *
 * @param arguments argv without argv[0], response files expanded
 * @param positions which of them are sources, in order
 * @param words the arguments that decide the content of the outputs, without sources; those that only name outputs are
 *     missing
 * @param outputWords the arguments that only name outputs
 * @param searched directories given to search includes in, those for quotes first
 * @param forced files read before the source
 * @param inputs files named by options whose content decides
 * @param probes arguments that decide which tools and directories the driver uses
 * @param preprocessing which arguments the preprocessor alone needs: without those that name outputs or say what kind is made
 * @param responseFiles response files that were expanded
 * @param nativeProcessor whether the processor of this machine decides the output
 * @param bound the argument because of which outputs hold paths that no mapping reaches, if any
 * @param ownMapping whether the user maps paths
 * @param wrapsMessages whether messages are broken into lines of a given length
 */
public record CommandLine(
        List<String> arguments,
        List<Integer> positions,
        List<Word> words,
        List<Word> outputWords,
        List<String> searched,
        List<String> forced,
        List<String> inputs,
        List<String> probes,
        List<Integer> preprocessing,
        List<ResponseFile> responseFiles,
        boolean nativeProcessor,
        Optional<String> bound,
        boolean ownMapping,
        boolean wrapsMessages) {
    public CommandLine {
        arguments = List.copyOf(arguments);
        positions = List.copyOf(positions);
        words = List.copyOf(words);
        outputWords = List.copyOf(outputWords);
        searched = List.copyOf(searched);
        forced = List.copyOf(forced);
        inputs = List.copyOf(inputs);
        probes = List.copyOf(probes);
        preprocessing = List.copyOf(preprocessing);
        responseFiles = List.copyOf(responseFiles);
    }

    /** Returns the arguments with only these of the sources, given by their positions. */
    public List<String> argumentsFor(Set<Integer> sources) {
        return IntStream.range(0, arguments.size())
                .filter(i -> !positions.contains(i) || sources.contains(i))
                .mapToObj(arguments::get)
                .toList();
    }

    /** Returns the arguments of a run of the preprocessor alone over these of the sources, given by their positions. */
    public List<String> preprocessorArguments(Set<Integer> sources) {
        return preprocessing.stream()
                .filter(i -> !positions.contains(i) || sources.contains(i))
                .map(arguments::get)
                .toList();
    }
}
