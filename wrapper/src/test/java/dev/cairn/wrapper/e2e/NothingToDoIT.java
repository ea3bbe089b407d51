package dev.cairn.wrapper.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** After a build that consisted of hits the build system has nothing to do, and knows the dependencies that it would know. */
class NothingToDoIT {
    @RegisterExtension
    final Sandbox box = new Sandbox();

    @Test
    void makeHasNothingToDoAfterAWarmBuild() {
        Project project = Project.of(box, 6, "make", "-s");
        String[] build = {"make", "-s", project.makeArgument()};
        box.bare(build).run().succeeded();
        assertThat(box.bare("make", "-q", project.makeArgument()).run().exit())
                .as("after a cold build")
                .isZero();
        project.clean();
        box.bare(build).run().succeeded();
        assertThat(box.stats().path("hits").path("total").asInt()).isGreaterThanOrEqualTo(5);
        project.assertBuilt();
        assertThat(box.bare("make", "-q", project.makeArgument()).run().exit())
                .as("after a warm build")
                .isZero();

        box.write("f3.h", "#define OWN_3 33\n");
        assertThat(box.bare("make", "-n", project.makeArgument()).run().outText())
                .contains("f3.c")
                .doesNotContain("f2.c");
    }

    @Test
    void ninjaHasNothingToDoAfterAWarmBuild() {
        Project project = Project.of(box, 6, "ninja");
        box.bare("ninja").run().succeeded();
        String dependencies = box.bare("ninja", "-t", "deps").run().succeeded().outText();
        project.clean();
        project.useCairnInNinja();
        box.bare("ninja").run().succeeded();
        project.assertBuilt();
        project.clean();
        box.bare("ninja").run().succeeded();
        assertThat(box.stats().path("hits").path("total").asInt()).isGreaterThanOrEqualTo(5);
        project.assertBuilt();
        assertThat(box.bare("ninja", "-n").run().succeeded().outText()).contains("no work to do");
        assertThat(withoutTimes(
                        box.bare("ninja", "-t", "deps").run().succeeded().outText()))
                .isEqualTo(withoutTimes(dependencies));

        box.write("f3.h", "#define OWN_3 33\n");
        assertThat(box.bare("ninja", "-n", "-v").run().succeeded().outText())
                .contains("f3.c")
                .doesNotContain("f2.c");
    }

    private static String withoutTimes(String dependencies) {
        return dependencies
                .replaceAll("deps mtime \\d+", "")
                .lines()
                .sorted()
                .toList()
                .toString();
    }
}
