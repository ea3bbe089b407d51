package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.FileStates;
import dev.cairn.wrapper.protocol.Request;

/** What compilers take for the working directory's name: {@code $PWD} when it leads there, else the real path. */
final class LogicalDirectory {
    private LogicalDirectory() {}

    /** Returns the name that compilers record (libiberty getpwd, LLVM current_path). */
    static String of(Request request, FileStates files) {
        String named = request.environment().getOrDefault("PWD", "");
        if (!named.startsWith("/") || named.equals(request.directory())) {
            return request.directory();
        }
        return leadsHere(named, request, files) ? named : request.directory();
    }

    /** Whether a path leads to the directory that the launcher stands in, as the daemon sees it. */
    static boolean leadsHere(String path, Request request, FileStates files) {
        return files.at(path)
                .signature()
                .filter(found -> found.inode() == request.inode() && found.device() == request.device())
                .isPresent();
    }
}
