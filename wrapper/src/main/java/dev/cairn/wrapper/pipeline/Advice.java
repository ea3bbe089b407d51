package dev.cairn.wrapper.pipeline;

import dev.cairn.wrapper.family.Compilation;
import dev.cairn.wrapper.protocol.Answer;
import dev.cairn.wrapper.protocol.Request;
import java.util.ArrayList;
import java.util.List;

/** Phase: says how the compiler is to be run so that its inputs become known. Stateless. */
final class Advice {
    /** Stands where the launcher puts the path of the dependency list. */
    private static final String PLACE = "(dependencies)";

    private Advice() {}

    /**
     * Makes the answer. Additions go right after argv[0], so that the user's own options, which follow, win and keep
     * their order.
     */
    static Answer.Run of(Request request, Compilation compilation) {
        List<String> arguments = new ArrayList<>(List.of(request.arguments().get(0)));
        if (request.stderrTerminal() && wantsColour(request) && !choosesColour(compilation)) {
            arguments.add("-fdiagnostics-color=always");
        }
        int dependencies = 0;
        if (compilation.language().goesThroughPreprocessor()
                && compilation.depfile().isEmpty()) {
            arguments.addAll(List.of("-MD", "-MF", PLACE));
            dependencies = arguments.size() - 1;
        }
        arguments.addAll(request.arguments().subList(1, request.arguments().size()));
        boolean scan =
                compilation.depfile().filter(depfile -> !depfile.complete()).isPresent();
        return scan
                ? new Answer.Run(arguments, dependencies, scan(request, compilation), 3)
                : new Answer.Run(arguments, dependencies, List.of(), 0);
    }

    /** A user's list without system headers ({@code -MMD}) can't serve; the preprocessor alone makes a complete one. */
    private static List<String> scan(Request request, Compilation compilation) {
        List<String> arguments = new ArrayList<>(List.of(request.arguments().get(0), "-M", "-MF", PLACE));
        arguments.addAll(compilation.preprocessorArguments());
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
