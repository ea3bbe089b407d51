package dev.cairn.wrapper;

import dev.cairn.wrapper.cli.CommandLineTool;
import dev.cairn.wrapper.daemon.Daemon;
import java.util.Arrays;

/** Entry point of the JVM: the daemon, or the command line. The launcher decides which (docs/protocol.md). */
public final class Main {
    private Main() {}

    /** Runs {@code daemon CACHE_DIRECTORY SOCKET}, or {@code cli ARGUMENTS}. */
    public static void main(String[] args) {
        if (args.length == 3 && args[0].equals("daemon")) {
            System.exit(Daemon.run(args[1], args[2]));
        }
        if (args.length > 0 && args[0].equals("cli")) {
            System.exit(CommandLineTool.run(Arrays.copyOfRange(args, 1, args.length)));
        }
        System.err.println("cairn: this is started by the launcher, bin/cairn");
        System.exit(2);
    }
}
