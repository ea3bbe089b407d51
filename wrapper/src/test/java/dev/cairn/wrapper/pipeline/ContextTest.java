package dev.cairn.wrapper.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cache.Digest;
import dev.cairn.wrapper.config.Settings;
import dev.cairn.wrapper.protocol.Request;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "CPATH",
                "C_INCLUDE_PATH",
                "CPLUS_INCLUDE_PATH",
                "LANG",
                "LC_ALL",
                "LC_MESSAGES",
                "GCC_COLORS",
                "LD_PRELOAD"
            })
    void aVariableThatDecidesTheResultIsInTheKeyAndUnsetDiffersFromEmpty(String name) {
        assertThat(RelevantEnvironment.deciding(request(Map.of()))).isEmpty();
        assertThat(RelevantEnvironment.deciding(request(Map.of(name, "")))).containsEntry(name, "");
        assertThat(requestKey(Map.of(name, "")))
                .isNotEqualTo(requestKey(Map.of()))
                .isNotEqualTo(requestKey(Map.of(name, "x")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DEPENDENCIES_OUTPUT",
                "COMPILER_PATH",
                "GCC_EXEC_PREFIX",
                "SUNPRO_DEPENDENCIES",
                "GCC_COMPARE_DEBUG",
                "CCC_OVERRIDE_OPTIONS",
                "CC_PRINT_HEADERS",
                "CLANG_CONFIG_FILE_USER_DIR"
            })
    void aVariableThatMakesCompilersDoMoreIsRefused(String name) {
        assertThat(RelevantEnvironment.refuse(Map.of(name, "x"))).isPresent();
    }

    @Test
    void variablesOfOthersDoNotMatter() {
        assertThat(requestKey(Map.of("EDITOR", "vi"))).isEqualTo(requestKey(Map.of()));
        assertThat(RelevantEnvironment.deciding(request(Map.of("PATH", "/bin", "TERM", "xterm"))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SOURCE_DATE_EPOCH", "TZ", "PWD", "PATH"})
    void whatDecidesOnlySomeCompilationsIsInTheRequestKeyAlone(String name) {
        assertThat(RelevantEnvironment.deciding(request(Map.of(name, "1")))).isEmpty();
        assertThat(requestKey(Map.of(name, "1"))).isNotEqualTo(requestKey(Map.of()));
    }

    private static Digest requestKey(Map<String, String> environment) {
        return RequestKey.of(request(environment), Settings.defaults());
    }

    private static Request request(Map<String, String> environment) {
        return new Request(false, false, 1, 2, "/w", "/usr/bin/gcc", List.of("gcc", "-c", "a.c"), environment);
    }
}
