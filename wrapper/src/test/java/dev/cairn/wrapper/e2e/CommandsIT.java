package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The launcher takes any other first word for a compiler, so it must know every command that there is. */
class CommandsIT {
    private static final Pattern COMMAND = Pattern.compile("  ([a-z]+)(?: .*)?");

    @RegisterExtension
    static final Sandbox box = Sandbox.ofClass();

    @TestFactory
    Stream<DynamicTest> theLauncherKnowsEveryCommand() {
        List<String> commands = box.cairn("help")
                .run()
                .succeeded()
                .outText()
                .lines()
                .dropWhile(line -> !line.equals("Commands:"))
                .skip(1)
                .takeWhile(line -> !line.isBlank())
                .map(COMMAND::matcher)
                .filter(matcher -> matcher.matches())
                .map(matcher -> matcher.group(1))
                .toList();
        assertThat(commands).contains("start", "uploads", "warm", "help");
        return commands.stream()
                .map(word -> DynamicTest.dynamicTest(
                        word,
                        () -> assertThat(box.cairn(word, "--help")
                                        .run()
                                        .succeeded()
                                        .outText())
                                .startsWith("Usage: cairn " + word)));
    }
}
