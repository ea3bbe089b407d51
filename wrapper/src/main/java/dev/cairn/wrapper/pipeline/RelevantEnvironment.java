package dev.cairn.wrapper.pipeline;

import dev.cairn.wrapper.family.Refusal;
import dev.cairn.wrapper.protocol.Request;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which environment variables decide what a compiler does. Stateless. */
final class RelevantEnvironment {
    /** Decide the output or the messages. GCC manual, "Environment Variables"; Clang command line reference. */
    private static final Set<String> DECIDING = Set.of(
            "CPATH",
            "C_INCLUDE_PATH",
            "CPLUS_INCLUDE_PATH",
            "OBJC_INCLUDE_PATH",
            "OBJCPLUS_INCLUDE_PATH",
            "LIBRARY_PATH",
            "SDKROOT",
            "LANG",
            "LANGUAGE",
            "LOCPATH",
            "NLSPATH",
            "GCC_COLORS",
            "GCC_URLS",
            "GCC_EXTRA_DIAGNOSTIC_OUTPUT",
            "TERM_URLS",
            "NO_COLOR",
            "POSIXLY_CORRECT",
            "LD_PRELOAD",
            "LD_AUDIT",
            "GLIBC_TUNABLES",
            "LD_LIBRARY_PATH");

    /** Decide which tools run; their content is in the compiler's identity. */
    private static final Set<String> TOOLS = Set.of("PATH", "PWD");

    /** Decide the result of compilations in which a time macro occurs; these are conditions of their entries. */
    private static final Set<String> TIME = Set.of("SOURCE_DATE_EPOCH", "TZ");

    /** Decide messages on a terminal only. */
    private static final Set<String> TERMINAL = Set.of("TERM", "COLUMNS", "COLORTERM");

    /** Make compilers write further files, or follow further ones. */
    private static final Set<String> REFUSED = Set.of(
            "DEPENDENCIES_OUTPUT",
            "SUNPRO_DEPENDENCIES",
            "GCC_COMPARE_DEBUG",
            "CCC_OVERRIDE_OPTIONS",
            "CCC_ADD_ARGS",
            "RC_DEBUG_OPTIONS",
            "COMPILER_PATH",
            "GCC_EXEC_PREFIX",
            "COMPILER_GATE");

    private RelevantEnvironment() {}

    /** Returns why this environment can't be followed, or empty. */
    static Optional<Refusal> refuse(Map<String, String> environment) {
        for (String name : environment.keySet()) {
            if (REFUSED.contains(name)
                    || name.startsWith("CC_PRINT_")
                    || name.startsWith("CC_LOG_")
                    || name.startsWith("CLANG_")) {
                return Optional.of(new Refusal("environment", name));
            }
        }
        return Optional.empty();
    }

    /** Returns the variables that decide the result, by name. */
    static SortedMap<String, String> deciding(Request request) {
        SortedMap<String, String> kept = new TreeMap<>();
        request.environment().forEach((name, value) -> {
            if (isDeciding(name) || (request.stderrTerminal() && TERMINAL.contains(name))) {
                kept.put(name, value);
            }
        });
        return kept;
    }

    /** Returns every variable that can decide any part of an answer, by name. */
    static SortedMap<String, String> all(Request request) {
        SortedMap<String, String> kept = new TreeMap<>();
        request.environment().forEach((name, value) -> {
            boolean ours = name.startsWith("CAIRN_");
            if (isDeciding(name) || TOOLS.contains(name) || TERMINAL.contains(name) || TIME.contains(name) || ours) {
                kept.put(name, value);
            }
        });
        return kept;
    }

    /** Returns the variables that decide which tools a compiler runs and where it searches. */
    static SortedMap<String, String> probing(Request request) {
        SortedMap<String, String> kept = deciding(request);
        String path = request.environment().get("PATH");
        if (path != null) {
            kept.put("PATH", path);
        }
        kept.keySet().removeIf(name -> name.startsWith("LC_") || name.startsWith("LANG"));
        return kept;
    }

    private static boolean isDeciding(String name) {
        return DECIDING.contains(name) || name.startsWith("LC_");
    }
}
