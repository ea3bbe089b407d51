package dev.cairn.wrapper.e2e;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Looks at running processes through /proc. */
final class Processes {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Processes() {}

    /** Returns the arguments of a process, each with a NUL after it; empty when it has ended. */
    static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    /** Whether a process runs; one that has ended and is not yet waited for does not. */
    static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()
                && !commandLine(pid).isEmpty();
    }

    /** Returns the processes, other than this one, whose command line has a text in it. */
    static List<Long> naming(String text) {
        long self = ProcessHandle.current().pid();
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> pid != self && commandLine(pid).contains(text))
                .toList();
    }

    /** Returns the pid of a process's parent; 0 when it has ended. */
    static long parent(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(ProcessHandle::parent)
                .map(ProcessHandle::pid)
                .orElse(0L);
    }

    static void awaitEnd(long pid) {
        await("end of process " + pid).atMost(PATIENCE).until(() -> !isAlive(pid));
    }

    /** Waits until a descendant of a process has a file open, and returns its pid. */
    static long awaitOpen(Process process, Path file) {
        return await("a process that reads " + file)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .until(
                        () -> process.descendants()
                                .map(ProcessHandle::pid)
                                .filter(pid -> openFiles(pid).containsValue(file))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    /** Returns what the descriptors of a process lead to; empty when it has ended. */
    static SortedMap<Integer, Path> openFiles(long pid) {
        SortedMap<Integer, Path> files = new TreeMap<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
            for (Path descriptor : descriptors) {
                target(descriptor)
                        .ifPresent(path -> files.put(
                                Integer.valueOf(descriptor.getFileName().toString()), path));
            }
        } catch (IOException | DirectoryIteratorException e) {
            return new TreeMap<>();
        }
        return files;
    }

    private static Optional<Path> target(Path descriptor) {
        try {
            return Optional.of(Files.readSymbolicLink(descriptor));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Waits until a process has a descendant whose program has this name, and returns its pid. */
    static long awaitDescendant(Process process, String program) {
        return await(program)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .until(
                        () -> process.descendants()
                                .map(ProcessHandle::pid)
                                .filter(pid -> program(pid).equals(program))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    /** Returns the last part of the name that a process was started by; empty when it has ended. */
    private static String program(long pid) {
        String arguments = commandLine(pid);
        int end = arguments.indexOf('\0');
        return end < 0 ? "" : arguments.substring(arguments.lastIndexOf('/', end) + 1, end);
    }
}
