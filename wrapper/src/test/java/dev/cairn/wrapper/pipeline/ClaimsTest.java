package dev.cairn.wrapper.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.wrapper.protocol.Request;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimsTest {
    private static final Request REQUEST =
            new Request(false, false, 1, 2, "/w", "/usr/bin/gcc", List.of("gcc", "-c", "a.c"), Map.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/usr/include/stdio.h",
                "/usr/include/../include/stdio.h",
                "/usr//include/./stdio.h",
                "/process/a.h",
                "/developer/a.h",
                "/w/.hidden/a.h",
                "/w/proc/a.h",
                "a.h",
                "./proc/a.h",
                "../sysroot/a.h",
                "/w/\u00e4.h",
            })
    void theseMayBeRead(String path) {
        assertThat(Claims.isFile(REQUEST, path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/proc",
                "/proc/self/mem",
                "/sys/power/state",
                "/dev/tty",
                "//proc/self/mem",
                "/./proc/self/mem",
                "/usr/../proc/self/mem",
                "/usr/include/../../dev/zero",
                "../proc/self/mem",
                "a/../../dev/zero",
                "/usr/a\0.h",
                "/usr/\u0100.h",
            })
    void theseMayNot(String path) {
        assertThat(Claims.isFile(REQUEST, path)).isFalse();
    }
}
