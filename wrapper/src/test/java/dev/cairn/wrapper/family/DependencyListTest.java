package dev.cairn.wrapper.family;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class DependencyListTest {
    @Test
    void prerequisitesOfTheFirstRuleAreRead() {
        assertThat(DependencyList.parse("a.o: a.c \\\n b.h /usr/include/c.h \\\n  d.h\n\nb.h:\n\nd.h:\n"))
                .contains(List.of("a.c", "b.h", "/usr/include/c.h", "d.h"));
    }

    @Test
    void escapesAreUndone() {
        assertThat(DependencyList.parse("a.o: my\\ file.c x$$y.h a\\#b.h c\\\\\\ d.h e\\f.h\n"))
                .contains(List.of("my file.c", "x$y.h", "a#b.h", "c\\ d.h", "e\\f.h"));
    }

    @Test
    void severalTargetsOverSeveralLines() {
        assertThat(DependencyList.parse("one two \\\n three: a.c\n")).contains(List.of("a.c"));
        assertThat(DependencyList.parse("one : a.c b:c.h")).contains(List.of("a.c", "b:c.h"));
    }

    @Test
    void whatIsNoRuleGivesNothing() {
        assertThat(DependencyList.parse("")).isEmpty();
        assertThat(DependencyList.parse("just words\n")).isEmpty();
    }

    @Property(tries = 500)
    void anyNamesSurviveTheWayTheCompilersWriteThem(
            @ForAll @Size(min = 1, max = 6)
                    List<@NotEmpty @StringLength(max = 12) @CharRange(from = '!', to = '~') String> names) {
        List<String> files = new ArrayList<>();
        StringBuilder rule = new StringBuilder("out.o:");
        for (String name : names) {
            String file = "d/" + name.replace(":", "") + ".h";
            files.add(file);
            rule.append(" \\\n ")
                    .append(file.replace("$", "$$").replace("#", "\\#").replace(" ", "\\ "));
        }
        boolean unambiguous = files.stream().noneMatch(file -> file.contains("\\"));
        if (unambiguous) {
            assertThat(DependencyList.parse(rule + "\n")).contains(List.copyOf(new LinkedHashSet<>(files)));
        }
    }
}
