package dev.cairn.wrapper.protocol;

import java.util.List;
import java.util.Map;

/**
 * One invocation as a launcher sent it. All strings hold one char per byte. Immutable.
 *
 * @param stdoutTerminal whether the launcher's stdout is a terminal
 * @param stderrTerminal whether the launcher's stderr is a terminal
 * @param device device of the working directory as the launcher sees it, major number in the upper half
 * @param inode inode number of the working directory as the launcher sees it
 * @param directory absolute path of the working directory
 * @param compiler absolute path of the compiler found
 * @param arguments argv as written, argv[0] included
 */
public record Request(
        boolean stdoutTerminal,
        boolean stderrTerminal,
        long device,
        long inode,
        String directory,
        String compiler,
        List<String> arguments,
        Map<String, String> environment) {
    public Request {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    /** Returns a path of the request as an absolute one; only joined, never shortened, because links may be in it. */
    public String absolute(String path) {
        return path.startsWith("/") ? path : directory + "/" + path;
    }
}
