package dev.cairn.wrapper.cli;

import dev.cairn.wrapper.Version;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The door of the command line. Exit codes: 0 done, 1 failed or something found wrong, 2 not understood, 3 no daemon
 * runs ({@code status} only).
 */
public final class CommandLineTool {
    private CommandLineTool() {}

    /**
     * Runs one command with the streams, the environment and the system properties ({@code cairn.home}, {@code
     * cairn.launcher}, {@code cairn.dir}, {@code cairn.endpoint}) of this process.
     *
     * @param args what follows {@code cairn}
     * @return what to exit with
     */
    public static int run(String[] args) {
        Map<String, String> environment = System.getenv();
        Path workingDirectory = Path.of("").toAbsolutePath();
        Terminal terminal = Terminal.ofProcess(environment);
        return run(
                List.of(args),
                terminal,
                () -> Installation.from(System.getProperties())
                        .map(found -> new Surroundings(found, environment, workingDirectory, terminal)));
    }

    /** Where a command works; asked only by commands that need it. */
    interface Lookup {
        Optional<Surroundings> surroundings();
    }

    static int run(List<String> args, Terminal terminal, Lookup lookup) {
        // Neither of these needs the parser, the daemon or the JSON library; they have to work in any state.
        if (args.isEmpty()) {
            terminal.plainError(HelpText.general());
            return ExitCode.USAGE;
        }
        if (args.size() == 1) {
            switch (args.getFirst()) {
                case "-V", "--version", "version" -> {
                    return printVersion(terminal);
                }
                case "-h", "--help", "help" -> {
                    return printHelp(terminal);
                }
                default -> {}
            }
        }
        return parseAndRun(args, terminal, lookup);
    }

    private static int parseAndRun(List<String> args, Terminal terminal, Lookup lookup) {
        CommandLine parser = new CommandLine(Subcommand.root()).setExpandAtFiles(false);
        try {
            ParseResult result = parser.parseArgs(args.toArray(String[]::new));
            if (!result.hasSubcommand()) {
                return misused("no command", terminal);
            }
            ParseResult options = result.subcommand();
            String word = args.getFirst();
            if (options.isUsageHelpRequested()) {
                return printUsage(parser, word, terminal);
            }
            return execute(word, options, parser, terminal, lookup);
        } catch (UnmatchedArgumentException e) {
            List<String> meant = e.getSuggestions();
            String argument = String.join(" ", e.getUnmatched());
            String hint = meant.isEmpty() ? "" : "; did you mean " + meant.getFirst() + "?";
            return misused("not understood: " + Json.printable(argument) + hint, terminal);
        } catch (InvalidPathException e) {
            // With LC_ALL=C, Java cannot name files that have other than ASCII letters.
            terminal.error("cannot name this file in the present locale: " + Json.printable(e.getInput())
                    + "; run with LC_ALL=C.UTF-8");
            return ExitCode.FAILED;
        } catch (ParameterException e) {
            return misused(Json.printable(String.valueOf(e.getMessage())), terminal);
        }
    }

    private static int execute(String word, ParseResult options, CommandLine parser, Terminal terminal, Lookup lookup) {
        return switch (word) {
            case Subcommand.VERSION -> printVersion(terminal);
            case Subcommand.HELP -> {
                Optional<String> about = Optional.ofNullable(options.<String>matchedPositionalValue(0, null));
                yield about.isEmpty() ? printHelp(terminal) : printUsage(parser, about.get(), terminal);
            }
            case Subcommand.COMPLETION -> {
                terminal.line(AutoComplete.bash("cairn", parser));
                yield ExitCode.OK;
            }
            default -> execute(work(word), options, terminal, lookup);
        };
    }

    private static Command work(String word) {
        return Subcommand.ALL.stream()
                .filter(subcommand -> subcommand.word().equals(word))
                .flatMap(subcommand -> subcommand.work().stream())
                .findFirst()
                .orElseThrow()
                .get();
    }

    private static int execute(Command command, ParseResult options, Terminal terminal, Lookup lookup) {
        Optional<Surroundings> surroundings = lookup.surroundings();
        if (surroundings.isEmpty()) {
            terminal.error("not started by the launcher; run bin/cairn of the distribution instead");
            return ExitCode.FAILED;
        }
        return command.run(options, surroundings.get());
    }

    private static int printVersion(Terminal terminal) {
        terminal.line("cairn " + Version.current());
        return ExitCode.OK;
    }

    private static int printHelp(Terminal terminal) {
        terminal.line(HelpText.general());
        return ExitCode.OK;
    }

    private static int printUsage(CommandLine parser, String word, Terminal terminal) {
        CommandLine about = parser.getSubcommands().get(word);
        if (about == null) {
            return misused("no such command: " + Json.printable(word), terminal);
        }
        StringWriter text = new StringWriter();
        about.usage(new PrintWriter(text), Ansi.OFF);
        terminal.line(text.toString().stripTrailing());
        return ExitCode.OK;
    }

    private static int misused(String problem, Terminal terminal) {
        terminal.error(problem + "; see: cairn help");
        return ExitCode.USAGE;
    }
}
