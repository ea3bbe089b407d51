package dev.cairn.wrapper.cli;

import dev.cairn.wrapper.config.SettingsSource;
import dev.cairn.wrapper.config.SettingsSource.Resolved;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.node.ObjectNode;

/** Shows the settings that a compilation started here would have. Asks no daemon. */
final class ConfigCommand implements Command {
    @Override
    public int run(ParseResult options, Surroundings surroundings) {
        SettingsSource source = new SettingsSource();
        Resolved resolved = source.resolve(surroundings.environment());
        Optional<Path> file = source.file(surroundings.environment());
        if (Subcommand.Option.JSON.isIn(options)) {
            surroundings.terminal().json(json(resolved, file, surroundings));
        } else {
            print(resolved, file, surroundings);
        }
        return resolved.problems().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }

    private static ObjectNode json(Resolved resolved, Optional<Path> file, Surroundings surroundings) {
        ObjectNode json = Json.object();
        json.put("cache_dir", surroundings.installation().cacheDirectory().toString());
        file.ifPresentOrElse(path -> json.put("file", path.toString()), () -> json.putNull("file"));
        json.put("file_exists", file.filter(Files::exists).isPresent());
        json.set("settings", Json.node(resolved.settings().values()));
        json.set("origins", Json.node(resolved.origins()));
        json.set("problems", Json.node(resolved.problems()));
        return json;
    }

    private static void print(Resolved resolved, Optional<Path> file, Surroundings surroundings) {
        Terminal terminal = surroundings.terminal();
        resolved.settings().texts().forEach((key, text) -> {
            String origin = Json.printable(resolved.origins().getOrDefault(key, "default"));
            terminal.line(String.format(Locale.ROOT, "%-13s %-9s %s", key, text, terminal.faint(origin)));
        });
        terminal.line("");
        terminal.line("cache     " + surroundings.installation().cacheDirectory());
        terminal.line("settings  "
                + file.map(path -> path + (Files.exists(path) ? "" : " (does not exist)"))
                        .orElse("no file: neither HOME nor XDG_CONFIG_HOME is set"));
        resolved.problems().forEach(problem -> terminal.line(terminal.doubtful("problem   ") + problem));
    }
}
