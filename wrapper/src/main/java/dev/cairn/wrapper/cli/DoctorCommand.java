package dev.cairn.wrapper.cli;

import dev.cairn.wrapper.config.SettingsSource;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Checks everything that can be wrong around Cairn, and says what to do. Fails when a check fails. */
final class DoctorCommand implements Command {
    @Override
    public int run(ParseResult options, Surroundings surroundings) {
        List<Check> checks = checks(surroundings);
        boolean ok = checks.stream().noneMatch(check -> check.level() == Check.Level.FAIL);
        if (Subcommand.Option.JSON.isIn(options)) {
            surroundings.terminal().json(json(checks, ok));
        } else {
            checks.forEach(check -> print(check, surroundings.terminal()));
        }
        return ok ? ExitCode.OK : ExitCode.FAILED;
    }

    private static List<Check> checks(Surroundings surroundings) {
        Installation installation = surroundings.installation();
        List<Check> checks = new ArrayList<>();
        checks.addAll(new InstallationChecks(installation).run());
        checks.addAll(new CacheChecks(installation).run());
        checks.addAll(new DaemonChecks(
                        installation, new RemoteChecks(installation, surroundings.environment()), Clock.systemUTC())
                .run());
        checks.addAll(new CompilerChecks(installation.launcher(), surroundings.environment()).run());
        checks.addAll(settings(surroundings));
        return checks;
    }

    private static List<Check> settings(Surroundings surroundings) {
        List<String> problems =
                new SettingsSource().resolve(surroundings.environment()).problems();
        return problems.isEmpty()
                ? List.of(Check.ok("settings", "no problems"))
                : problems.stream()
                        .map(problem -> Check.warn("settings", problem, "correct it; see: cairn config"))
                        .toList();
    }

    private static void print(Check check, Terminal terminal) {
        String word = String.format(Locale.ROOT, "%-5s", check.level().word());
        String painted = switch (check.level()) {
            case OK -> terminal.good(word);
            case WARN -> terminal.doubtful(word);
            case FAIL -> terminal.bad(word);
        };
        terminal.line(painted + check.name() + ": " + check.finding());
        check.advice().ifPresent(advice -> terminal.line("     " + terminal.faint("-> " + advice)));
    }

    private static ObjectNode json(List<Check> checks, boolean ok) {
        ObjectNode json = Json.object().put("ok", ok);
        ArrayNode list = json.putArray("checks");
        for (Check check : checks) {
            ObjectNode entry = list.addObject();
            entry.put("name", check.name());
            entry.put("level", check.level().word());
            entry.put("finding", check.finding());
            check.advice().ifPresentOrElse(advice -> entry.put("advice", advice), () -> entry.putNull("advice"));
        }
        return json;
    }
}
