package dev.cairn.wrapper.family;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IncludeScannerTest {
    @Test
    void includesInEverySpelling() {
        IncludeScan scan = scan("""
                #include <a.h>
                  #  include "b.h"
                #include/* c */<c.h>
                # /* x */ include "d.h"
                %:include <e.h>
                ??=include "f.h"
                #include_next <g.h>
                #import "h.h"
                """);
        assertThat(scan.angled()).containsExactly("a.h", "c.h", "e.h", "g.h");
        assertThat(scan.quoted()).containsExactly("b.h", "d.h", "f.h", "h.h");
        assertThat(scan.computed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"#include MACRO\n", "#include MACRO(x)\n", "#in\\\nclude \"x.h\"\n", "#include_next X\n"})
    void anIncludeThatCannotBeReadOffIsComputed(String text) {
        assertThat(scan(text).computed()).isTrue();
    }

    @Test
    void probesForIncludes() {
        IncludeScan scan = scan("""
                #ifdef __has_include
                #if __has_include(<a.h>) && defined(__has_include)
                #elif __has_include ( "b.h" )
                #define HAS_C __has_include(<c.h>)
                #if __has_include_next(<d.h>)
                // __has_include in a comment
                #endif
                """);
        assertThat(scan.probedAngled()).containsExactly("a.h", "c.h", "d.h");
        assertThat(scan.probedQuoted()).containsExactly("b.h");
        assertThat(scan.computedProbe()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "#if __has_include(MACRO)\n",
                "#define PROBE __has_include\n",
                "#define PROBE(x) __has_include(x)\n",
                "#if 1 && \\\n __has_include(X)\n"
            })
    void aProbeThatCannotBeReadOffIsComputed(String text) {
        assertThat(scan(text).computedProbe()).isTrue();
    }

    @Test
    void aFallbackDefinitionOfTheProbeIsNoProbe() {
        assertThat(scan("#ifndef __has_include\n# define __has_include(x) 0\n#endif\n")
                        .computedProbe())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x = __DATE__;", "__TIME__", "f(__TIMESTAMP__)", "C(__TI,ME__)", "__DA\\\nTE__"})
    void timeMacrosAreSeenAsWholeTokens(String text) {
        assertThat(scan(text).clocks()).isNotEmpty();
        assertThat(scan("my" + text.replaceAll("(?s).*?(__[A-Z]+).*", "$1") + "__x")
                        .clocks())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "asm(\".incbin \\\"f\\\"\");",
                "\t.incbin \"f\"\n",
                "#embed <f>\n",
                "# embed \"f\"\n",
                "asm(\".include \\\"f\\\"\");",
                "\t.include \"f.s\"\n",
                "#pragma GCC dependency \"f\"\n",
                "#pragma  GCC  dependency \"f\"\n",
                "_Pragma(\"GCC dependency \\\"f\\\"\")",
                "#pragma GCC pch_preprocess \"f.gch\"\n",
                "\t.INCBIN \"f\"\n",
                "asm(\".include\\t\\\"f\\\"\");",
                "asm(\".inc\" \"bin \\\"f\\\"\");",
                "asm(\"\\056incbin \\\"f\\\"\");",
                ".macro m a:vararg\n.include \\a\n.endm\n",
                ".macro m a\n.inc\\a \"f\"\n.endm\n",
                "#define J(x) .inc##x\n",
                "#include \"h.\\\nh\"\n"
            })
    void embeddedFilesAreSeen(String text) {
        assertThat(scan(text).embedded()).isTrue();
    }

    @Test
    void aNameThatEndsInIncIsNotAnEmbeddedFile() {
        assertThat(scan("#include \"foo.inc\"\n#include \"bar.inc\"\nint a = x.inc;")
                        .embedded())
                .isFalse();
    }

    @Test
    void aWordThatOnlyBeginsLikeATimeMacroIsNone() {
        assertThat(scan("/* the __TIME types */ #if __TIMESIZE == 64\n__TIME64_T")
                        .clocks())
                .isEmpty();
    }

    @Test
    void aFieldNamedIncludeIsNotAnEmbeddedFile() {
        assertThat(scan("struct s x = { .include = 1 };").embedded()).isFalse();
    }

    @Test
    void lineDirectivesNameFiles() {
        assertThat(scan("#line 7 \"gram.y\"\n# 3 \"lex.l\" 2\n#line 9\n").lineFiles())
                .containsExactly("gram.y", "lex.l");
    }

    @Test
    void anyBytesAreScannedWithoutFailing() {
        byte[] bytes = new byte[4096];
        new Random(7).nextBytes(bytes);
        assertThat(IncludeScanner.scan(bytes)).isNotNull();
        assertThat(scan("#").quoted()).isEmpty();
        assertThat(scan("#include \"never ends").quoted()).isEmpty();
        assertThat(scan("#include /* never ends").quoted()).isEmpty();
    }

    private static IncludeScan scan(String text) {
        return IncludeScanner.scan(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
