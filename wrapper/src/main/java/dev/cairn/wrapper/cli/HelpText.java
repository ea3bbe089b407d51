package dev.cairn.wrapper.cli;

import java.util.Locale;

/** What {@code cairn help} prints. */
final class HelpText {
    private static final String USE = """
            Cairn, a compiler cache.

            Use it in front of a compiler:
              cairn g++ -c foo.cpp -o foo.o
            or for a whole build, one of:
              cmake -DCMAKE_C_COMPILER_LAUNCHER=cairn -DCMAKE_CXX_COMPILER_LAUNCHER=cairn ...
              make CC="cairn gcc" CXX="cairn g++"
              ln -s "$(command -v cairn)" ~/bin/g++     with ~/bin before the compiler in PATH

            Commands:
            """;

    private static final String VARIABLES = """

            Variables:
              CAIRN_DIR           cache directory (default: ~/.cache/cairn)
              CAIRN_MAX_SIZE      size limit, such as 20G (default: 10GiB; 0: none)
              CAIRN_DISABLE       1: run every compiler directly
              CAIRN_RECACHE       1: compile everything again and store it anew
              CAIRN_PATH_REMAP    auto (default): share results between checkouts; off: do not map paths
              CAIRN_HARD_LINK     1: deliver outputs as hard links
              CAIRN_IDLE_TIMEOUT  the daemon ends after this time without requests (default: 3h; 0: never)
              CAIRN_REMOTE        store to share through: s3://, gs://, https://, file:/// (default: none)
              CAIRN_CONFIG        settings file (default: ~/.config/cairn/config.toml)
            """;

    private static final int WIDTH = 34;

    private HelpText() {}

    static String general() {
        StringBuilder text = new StringBuilder(USE);
        for (Subcommand subcommand : Subcommand.ALL) {
            String synopsis = subcommand.synopsis();
            String apart = synopsis.length() > WIDTH ? "\n" + " ".repeat(2 + WIDTH) : "";
            text.append(String.format(Locale.ROOT, "  %-" + WIDTH + "s%s%s%n", synopsis, apart, subcommand.summary()));
        }
        return text.append(VARIABLES).toString().stripTrailing();
    }
}
