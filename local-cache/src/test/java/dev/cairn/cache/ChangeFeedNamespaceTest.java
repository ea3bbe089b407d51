package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs {@link ChangeFeedMountsTest} in a namespace in which anybody is root, and whose mounts nobody else sees. */
class ChangeFeedNamespaceTest {
    private static final List<String> UNSHARE = List.of("unshare", "--map-root-user", "--mount");

    @Test
    void mountsOfAUserWhoIsNotRootAreSeen() throws IOException {
        assumeTrue(isPermitted(), "NOT RUN: this user may not make namespaces (unshare --map-root-user --mount)");
        List<String> command = new ArrayList<>(UNSHARE);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Duser.name=root",
                "-Dcairn.library=" + System.getProperty("cairn.library"),
                "-cp",
                System.getProperty("java.class.path"),
                ChangeFeedNamespaceTest.class.getName()));
        Process tests = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(tests.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        System.out.println(said);
        assertThat(tests.onExit().join().exitValue()).as(said).isZero();
    }

    private static boolean isPermitted() throws IOException {
        List<String> command = new ArrayList<>(UNSHARE);
        command.add("true");
        return new ProcessBuilder(command).inheritIO().start().onExit().join().exitValue() == 0;
    }

    /** Runs in the namespace. What needs a loop device is skipped there, everything else has to pass. */
    public static void main(String[] none) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        Map<String, Integer> aborted = new TreeMap<>();
        SummaryGeneratingListener listener = new SummaryGeneratingListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                super.executionFinished(test, result);
                if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
                    String reason = result.getThrowable().orElseThrow().getMessage();
                    aborted.merge(String.valueOf(reason), 1, Integer::sum);
                }
            }
        };
        LauncherDiscoveryRequest tests = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(ChangeFeedMountsTest.class))
                .build();
        LauncherFactory.create().execute(tests, listener);
        TestExecutionSummary summary = listener.getSummary();
        summary.printTo(out);
        aborted.forEach((reason, count) -> out.println(count + " tests: " + reason));
        summary.printFailuresTo(out);
        boolean passed = summary.getTotalFailureCount() == 0 && summary.getTestsSucceededCount() > 0;
        System.exit(passed ? 0 : 1);
    }
}
