package dev.cairn.wrapper.family;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class MakeRulesTest {
    @Property(tries = 500)
    void whatWasTakenApartIsWrittenTheSameAgain(
            @ForAll MakeRules.Layout layout,
            @ForAll boolean phony,
            @ForAll @Size(min = 1, max = 3)
                    List<@NotEmpty @StringLength(max = 50) @CharRange(from = 'a', to = 'z') String> targets,
            @ForAll @Size(min = 1, max = 12)
                    List<@NotEmpty @StringLength(max = 80) @CharRange(from = 'a', to = 'z') String> names) {
        MakeRules rules = new MakeRules(layout, phony, targets, names);
        MakeRules read = MakeRules.of(rules.text()).orElseThrow();
        assertThat(read.text()).isEqualTo(rules.text());
        assertThat(MakeRules.decode(read.encode())).contains(read);
        assertThat(read.prerequisites()).isEqualTo(names);
    }

    @Test
    void linesAreBrokenAnewForOtherNames() {
        String text = "a.o: a.c " + "x".repeat(60) + ".h \\\n b.h\n";
        MakeRules rules = MakeRules.of(text).orElseThrow();
        assertThat(rules.withNames(name -> name.replace("x".repeat(60), "y")).text())
                .isEqualTo("a.o: a.c y.h b.h\n");
    }

    @Test
    void escapedNamesStayAsTheyAre() {
        String text = "a\\ b.o: a\\ b.c c$$d.h e\\#f.h g\\h.h\n";
        assertThat(MakeRules.of(text).orElseThrow().prerequisites())
                .containsExactly("a\\ b.c", "c$$d.h", "e\\#f.h", "g\\h.h");
    }

    @Test
    void whatWouldNotBeWrittenTheSameIsNotTakenApart() {
        assertThat(MakeRules.of("a.o:  a.c\n")).isEmpty();
        assertThat(MakeRules.of("a.o: a.c")).isEmpty();
        assertThat(MakeRules.of("# comment\na.o: a.c\n")).isEmpty();
        assertThat(MakeRules.of("")).isEmpty();
        assertThat(MakeRules.decode("nonsense")).isEmpty();
    }
}
