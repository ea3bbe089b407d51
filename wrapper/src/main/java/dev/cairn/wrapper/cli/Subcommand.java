package dev.cairn.wrapper.cli;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * A row of the table of commands. Everything else (parsing, help, completion, the check of the manual) is made from it.
 *
 * @param argument the optional argument after the command
 * @param work makes the command; empty when {@link CommandLineTool} does it itself, because it needs no installation
 */
record Subcommand(
        String word,
        String summary,
        Optional<String> argument,
        List<Option> options,
        Optional<Supplier<Command>> work) {

    static final String VERSION = "version";
    static final String HELP = "help";
    static final String COMPLETION = "completion";

    static final List<Subcommand> ALL = List.of(
            command("start", "start the daemon, unless it runs", StartCommand::new),
            command(
                    "stop",
                    "stop the daemon and wait until it is gone",
                    StopCommand::new,
                    Option.DRAIN,
                    Option.TIMEOUT),
            command("status", "show whether a daemon runs, and its state", StatusCommand::new, Option.JSON),
            command("stats", "show hits, misses and why", StatsCommand::new, Option.JSON, Option.ZERO),
            command("explain", "say why FILE was compiled or delivered", ExplainCommand::new, Option.JSON, Option.LAST)
                    .taking("FILE"),
            command(
                    "warm",
                    "fetch from the remote what earlier builds used",
                    WarmCommand::new,
                    Option.BRANCH,
                    Option.BASE,
                    Option.TIMEOUT,
                    Option.MAX_SIZE,
                    Option.JSON),
            command("uploads", "show how the uploads to the remote stand", UploadsCommand::new, Option.JSON),
            command("clear", "remove everything that is stored", ClearCommand::new),
            command("config", "show the settings and where each is from", ConfigCommand::new, Option.JSON),
            command("doctor", "check installation, cache and compilers", DoctorCommand::new, Option.JSON),
            builtIn(COMPLETION, "print a completion script for bash and zsh"),
            builtIn(VERSION, "print the version"),
            builtIn(HELP, "print this, or what COMMAND takes").taking("COMMAND"));

    /** The options that commands take. */
    enum Option {
        JSON("print one JSON object"),
        ZERO("set the counters to zero"),
        LAST("the last compilation that was not a hit, else the last one"),
        DRAIN("wait for uploads and records first"),
        TIMEOUT("take at most so long (default: stop --drain 300, warm 120)", "SECONDS", Integer.class),
        BRANCH("the branch that will be built (default: the one checked out)", "NAME", String.class),
        BASE(
                "the branch that it comes from (default: what the CI or the checkout says, else main)",
                "NAME",
                String.class),
        MAX_SIZE("fetch about so much at most, such as 500MB; 0: no limit (default: 2GiB)", "SIZE", String.class);

        private final String description;

        /** What stands for its value; empty for an option without one. */
        private final String label;

        private final Class<?> type;

        Option(String description) {
            this(description, "", Void.class);
        }

        Option(String description, String label, Class<?> type) {
            this.description = description;
            this.label = label;
            this.type = type;
        }

        /** Returns its value, a number. */
        Optional<Integer> number(ParseResult options) {
            return Optional.ofNullable(options.<Integer>matchedOptionValue(flag(), null));
        }

        /** Returns its value, a text. */
        Optional<String> text(ParseResult options) {
            return Optional.ofNullable(options.<String>matchedOptionValue(flag(), null));
        }

        /** Whether it was given; false for a command that does not take it. */
        boolean isIn(ParseResult options) {
            return options.hasMatchedOption(flag());
        }

        String flag() {
            return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        private OptionSpec spec() {
            OptionSpec.Builder spec = OptionSpec.builder(flag()).description(description);
            return label.isEmpty()
                    ? spec.build()
                    : spec.arity("1").paramLabel(label).type(type).build();
        }
    }

    private static Subcommand command(String word, String summary, Supplier<Command> work, Option... options) {
        return new Subcommand(word, summary, Optional.empty(), List.of(options), Optional.of(work));
    }

    private static Subcommand builtIn(String word, String summary) {
        return new Subcommand(word, summary, Optional.empty(), List.of(), Optional.empty());
    }

    private Subcommand taking(String label) {
        return new Subcommand(word, summary, Optional.of(label), options, work);
    }

    /** Returns what follows the command as the help shows it. */
    String synopsis() {
        StringBuilder synopsis = new StringBuilder(word);
        argument.ifPresent(label -> synopsis.append(" [").append(label).append(']'));
        options.forEach(option -> synopsis.append(" [")
                .append(option.flag())
                .append(option.label.isEmpty() ? "" : " " + option.label)
                .append(']'));
        return synopsis.toString();
    }

    /** Returns the whole command line. */
    static CommandSpec root() {
        CommandSpec root = CommandSpec.create().name("cairn");
        for (Subcommand subcommand : ALL) {
            root.addSubcommand(subcommand.word, subcommand.spec());
        }
        return root;
    }

    private CommandSpec spec() {
        CommandSpec spec = CommandSpec.create().name(word);
        spec.usageMessage().description(summary);
        for (Option option : options) {
            spec.addOption(option.spec());
        }
        argument.ifPresent(label -> spec.addPositional(PositionalParamSpec.builder()
                .paramLabel(label)
                .arity("0..1")
                .type(String.class)
                .build()));
        return spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("print this")
                .build());
    }
}
