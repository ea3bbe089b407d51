package dev.cairn.wrapper.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import dev.cairn.wrapper.family.Compilation;
import dev.cairn.wrapper.family.CompilationParser;
import dev.cairn.wrapper.family.CompilationParser.Parsed;
import dev.cairn.wrapper.family.Compiler;
import dev.cairn.wrapper.family.Dialect;
import dev.cairn.wrapper.pipeline.MissReason.Finding;
import dev.cairn.wrapper.protocol.Request;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MissReasonTest {
    private static final Finding NONE = new Finding.NoEntry();

    @Test
    void nothingKnownOfTheOutputIsItsFirstCompilation() {
        assertThat(MissReason.of(base(), Optional.empty(), NONE, false).word()).isEqualTo("first_seen");
    }

    @Test
    void changedArgumentsAreListed() {
        MissReason reason = after(context("cc", "/w", "-O1", Map.of(), "s"), false);
        assertThat(reason.word()).isEqualTo("arguments_changed");
        assertThat(reason.lines()).containsExactly("- -O2", "+ -O1");
    }

    @Test
    void eachOtherPartOfTheContextHasItsWord() {
        assertThat(after(context("other", "/w", "-O2", Map.of(), "s"), false).word())
                .isEqualTo("compiler_changed");
        assertThat(after(context("cc", "/v", "-O2", Map.of(), "s"), false).word())
                .isEqualTo("directory_changed");
        assertThat(after(context("cc", "/w", "-O2", Map.of("CPATH", "x"), "s"), false))
                .isEqualTo(new MissReason("environment_changed", List.of("CPATH: (unset) -> x")));
        assertThat(after(context("cc", "/w", "-O2", Map.of(), "t"), false).word())
                .isEqualTo("source_changed");
        assertThat(after(base(), true).word()).isEqualTo("evicted");
        assertThat(after(base(), false).word()).isEqualTo("unknown");
    }

    @Test
    void aResultThatWasNotStoredExplainsTheNextMiss() {
        Past past = Past.of(base(), digest("artifact"), "time_macro");
        assertThat(MissReason.of(base(), Optional.of(past), NONE, false).word()).isEqualTo("not_stored_before");
    }

    @Test
    void whatTheManifestSaysComesFirst() {
        assertThat(MissReason.of(base(), Optional.empty(), new Finding.Changed("a.h"), false))
                .isEqualTo(new MissReason("header_changed", List.of("a.h")));
        assertThat(MissReason.of(base(), Optional.empty(), new Finding.Shadowed("b/a.h"), false)
                        .word())
                .isEqualTo("header_shadowed");
    }

    @Test
    void thePastSurvivesItsEncoding() {
        Past past = Past.of(context("cc", "/w\u00ff", "-DX=a=b", Map.of("CPATH", "b=c"), "s"), digest("a"), "why");
        assertThat(Past.decode(past.encode())).contains(past);
        assertThat(Past.decode(new byte[] {1, 2, 3})).isEmpty();
    }

    private static MissReason after(Context now, boolean evicted) {
        return MissReason.of(now, Optional.of(Past.of(base(), digest("artifact"), "")), NONE, evicted);
    }

    private static Context base() {
        return context("cc", "/w", "-O2", Map.of(), "s");
    }

    private static Context context(
            String compiler, String directory, String flag, Map<String, String> environment, String source) {
        Compilation compilation = ((Parsed.Understood)
                        CompilationParser.parse(Dialect.GCC, directory, List.of("-c", flag, "a.c")))
                .compilations()
                .getFirst();
        return new Context(
                new Request(false, false, 1, 2, directory, "/usr/bin/gcc", List.of("gcc"), environment),
                new Compiler(
                        Dialect.GCC,
                        digest(compiler),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of()),
                compilation,
                PathMapping.Decision.none("remap_off", ""),
                directory,
                digest(source),
                List.of());
    }

    private static Digest digest(String text) {
        return Hasher.content(text.getBytes(StandardCharsets.UTF_8));
    }
}
