package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.FileSignature;
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
        boolean leadsHere = files.at(named)
                .signature()
                .filter(signature -> isHere(signature, request))
                .isPresent();
        return leadsHere ? named : request.directory();
    }

    private static boolean isHere(FileSignature signature, Request request) {
        return signature.inode() == request.inode() && signature.device() == request.device();
    }
}
