package dev.cairn.wrapper.family;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One source of an invocation, compiled to one output. Paths are as written, relative to the working directory or
 * absolute. Immutable.
 *
 * @param line what the arguments say
 * @param position where among the arguments the source is
 * @param source the source file
 * @param language what the driver takes the source for
 * @param output the main output, as given or as the driver would name it
 * @param depfile the dependency file that the user asked for
 * @param sideOutputs further files that may be written
 * @param outputDecides whether the names of outputs are part of some output's content
 */
public record Compilation(
        CommandLine line,
        int position,
        String source,
        Language language,
        String output,
        Optional<Depfile> depfile,
        List<SideOutput> sideOutputs,
        boolean outputDecides) {

    /**
     * A dependency file.
     *
     * @param complete whether it names system headers too, so that it can serve as the list of inputs
     */
    public record Depfile(String path, boolean complete) {}

    public Compilation {
        sideOutputs = List.copyOf(sideOutputs);
    }

    /** Returns the invocation's arguments as if this were its only source. */
    public List<String> arguments() {
        return line.argumentsFor(Set.of(position));
    }

    /** Returns the arguments that decide the content of the outputs. */
    public List<Word> words() {
        List<Word> words = new ArrayList<>(line.words());
        words.add(Word.path(source, 0));
        words.add(Word.plain(language.name()));
        if (outputDecides) {
            words.addAll(line.outputWords());
        }
        return words;
    }

    /** Returns the arguments of a run of the preprocessor alone. */
    public List<String> preprocessorArguments() {
        return line.preprocessorArguments(Set.of(position));
    }

    /** Returns every file that this may write, the main output first. */
    public List<String> outputs() {
        List<String> outputs = new ArrayList<>(List.of(output));
        depfile.ifPresent(file -> outputs.add(file.path()));
        sideOutputs.forEach(side -> outputs.add(side.path()));
        return outputs;
    }
}
