package dev.cairn.wrapper.pipeline;

import dev.cairn.wrapper.family.Compilation;
import dev.cairn.wrapper.protocol.Answer;
import dev.cairn.wrapper.protocol.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Phase: says how the compiler is to be run so that its inputs become known. Stateless. */
final class Advice {
    /** Stands where the launcher puts the path of the dependency list. */
    private static final String PLACE = "(dependencies)";

    private Advice() {}

    /**
     * Makes the answer. Additions go right after argv[0], so that the user's own options, which follow, win and keep
     * their order.
     *
     * @param missing what is to be compiled, of one invocation
     * @param all whether that is everything the invocation asks for
     */
    static Answer.Run of(Request request, List<Compilation> missing, Roots roots, boolean all) {
        Compilation first = missing.get(0);
        List<String> arguments = new ArrayList<>(List.of(request.arguments().get(0)));
        arguments.addAll(roots.mapArguments());
        if (request.stderrTerminal() && wantsColour(request) && !choosesColour(first)) {
            arguments.add("-fdiagnostics-color=always");
        }
        int dependencies = 0;
        boolean listed = first.depfile().isPresent() || !first.language().goesThroughPreprocessor();
        if (missing.size() == 1 && !listed) {
            arguments.addAll(List.of("-MD", "-MF", PLACE));
            dependencies = arguments.size() - 1;
        }
        Set<Integer> positions = positions(missing);
        arguments.addAll(
                all
                        ? request.arguments().subList(1, request.arguments().size())
                        : first.line().argumentsFor(positions));
        return dependencies == 0 && missing.stream().anyMatch(Advice::needsScan)
                ? new Answer.Run(
                        arguments,
                        0,
                        scan(request, first, positions, missing.size() == 1),
                        missing.size() == 1 ? 3 : 0,
                        false)
                : new Answer.Run(arguments, dependencies, List.of(), 0, false);
    }

    private static Set<Integer> positions(List<Compilation> compilations) {
        return compilations.stream().map(Compilation::position).collect(Collectors.toSet());
    }

    /** Whether the run itself leaves no complete list of what a compilation read. */
    private static boolean needsScan(Compilation compilation) {
        return compilation.language().goesThroughPreprocessor()
                && compilation.depfile().filter(Compilation.Depfile::complete).isEmpty();
    }

    /**
     * A user's list without system headers ({@code -MMD}) can't serve, and of several sources each would write its list
     * over the last one's; the preprocessor alone makes complete ones, of several sources on its standard output.
     */
    private static List<String> scan(Request request, Compilation first, Set<Integer> positions, boolean single) {
        List<String> arguments = new ArrayList<>(List.of(request.arguments().get(0), "-M"));
        if (single) {
            arguments.addAll(List.of("-MF", PLACE));
        }
        arguments.addAll(first.line().preprocessorArguments(positions));
        return arguments;
    }

    private static boolean wantsColour(Request request) {
        String terminal = request.environment().getOrDefault("TERM", "");
        return !terminal.isEmpty() && !terminal.equals("dumb");
    }

    private static boolean choosesColour(Compilation compilation) {
        return compilation.arguments().stream()
                .anyMatch(argument -> argument.contains("diagnostics-color") || argument.contains("color-diagnostics"));
    }
}
