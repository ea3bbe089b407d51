package dev.cairn.wrapper.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What the reason words of events and statistics mean, in one line each: a table. */
final class Reasons {
    private static final Map<String, String> MISSES = table("""
            first_seen            this output was never compiled before
            compiler_changed      the compiler, or a tool it runs, is another one than before
            arguments_changed     the arguments differ from the last compilation of this output
            environment_changed   a variable that the compiler reads has another value
            source_changed        the source file has other content
            header_changed        a header or other input has other content
            header_shadowed       a file appeared or vanished on the include path
            evicted               the result was removed earlier to stay within the size limit
            time_changed          a date, time or file stamp that the source asks for is another one
            path_sensitive_output  what is stored names the checkout that it was made in
            compiled_along        another source of the same command had to be compiled
            directory_changed     the working directory matters for this output and is another one
            recache               recache is set: compiled again and stored anew
            store_unavailable     the cache could not be opened; see: cairn doctor
            not_stored_before     the last result could not be stored; explain names the reason
            unknown               nothing differs from the last time, but its result is no longer there
            """);

    private static final Map<String, String> PASSTHROUGHS = table("""
            disabled              Cairn is switched off by CAIRN_DISABLE or the settings file
            not_a_compilation     a link, a query, or preprocessing only (no -c or -S, -E, -M)
            no_source             no source file among the arguments
            multiple_sources      several source files with one output, or that cannot be told apart
            input_missing         a file that an option names cannot be read
            strict_paths          a path is not spelled as CAIRN_STRICT_PATHS wants it
            stdin_source          the source is read from standard input
            unknown_compiler      the compiler is of no family that Cairn knows
            compiler_is_script    the compiler is a script, so its real tools are not known
            unknown_option        an option that Cairn does not know
            unsupported_option    an option whose effects cannot be cached
            unsupported_language  a language that Cairn does not cache
            unsupported_output    the output is not a regular file, or is of a kind that is not cached
            response_file         an @file that could not be read or understood
            unknown_file_option   an option that Cairn does not know names an existing file
            precompiled_header    a way of using precompiled headers that is not followed
            environment           a variable makes the compiler write more files
            other_namespace       the build runs in another mount namespace (container, chroot) than the daemon
            nested                the compiler was run by one that Cairn already handles
            missing_argument      an option lacks its value
            protocol_mismatch     the launcher is of another version than the daemon
            """);

    private static final Map<String, String> NOT_STORED = table("""
            compilation_failed    the compiler reported an error; failures are not stored
            input_changed         an input changed while the compiler ran
            time_macro            __TIME__ or a like macro makes every result different
            embedded_file         .incbin or #embed reads a file that no dependency list names
            computed_has_include  __has_include with a name that is computed
            dependencies_unknown  the compiler gave no usable list of what it read
            output_missing        an expected output was not written
            output_changed        an output changed after the compiler had ended
            output_unreadable     an output could not be read
            over_budget           no room within the size limit could be made in time
            too_large             the outputs are larger than the cache takes
            store_failed          the result could not be written to the cache; see: cairn doctor
            pch_present           a precompiled header beside an included header may have been used
            shared_messages       several sources were compiled in one run, and something was printed
            line_directive_warnings  #line directives name files that diagnostics depend on
            killed                the compiler was ended by a signal
            output_cut            the compiler printed more than can be stored
            """);

    private static final Map<String, String> ALL = all();

    private Reasons() {}

    /** Returns the explanation of a word; empty when it is not known here. */
    static Optional<String> explanation(String word) {
        return Optional.ofNullable(ALL.get(word));
    }

    /** Returns every word with its explanation. */
    static Map<String, String> words() {
        return ALL;
    }

    private static Map<String, String> all() {
        Map<String, String> all = new LinkedHashMap<>(MISSES);
        all.putAll(PASSTHROUGHS);
        all.putAll(NOT_STORED);
        return Map.copyOf(all);
    }

    private static Map<String, String> table(String rows) {
        Map<String, String> table = new LinkedHashMap<>();
        rows.lines().forEach(row -> {
            int space = row.indexOf(' ');
            table.put(row.substring(0, space), row.substring(space).strip());
        });
        return table;
    }
}
