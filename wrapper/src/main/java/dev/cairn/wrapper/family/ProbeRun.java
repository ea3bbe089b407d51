package dev.cairn.wrapper.family;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Starts one compiler for probes, with the invocation's environment but untranslated messages. Thread-safe. */
final class ProbeRun {
    private static final long LIMIT_SECONDS = 10;

    private final String compiler;
    private final String directory;
    private final Map<String, String> environment;

    ProbeRun(String compiler, String directory, Map<String, String> environment) {
        this.compiler = compiler;
        this.directory = directory;
        this.environment = environment;
    }

    /** Runs the compiler and returns what it printed, both streams together, one char per byte. */
    String of(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(compiler));
        command.addAll(arguments);
        return run(command, Map.of());
    }

    /** Returns what the dynamic loader says a program would load; nothing for a static one. */
    String loader(String program) throws IOException {
        return isDynamic(program) ? run(List.of(program), Map.of("LD_TRACE_LOADED_OBJECTS", "1")) : "";
    }

    /** Finds a program as the compiler would by PATH; the places before it must stay empty. */
    void searchPath(String name, Collection<String> found, Collection<String> absent) {
        for (String entry : environment.getOrDefault("PATH", "").split(":", -1)) {
            String candidate = (entry.startsWith("/") ? entry : directory + "/" + entry) + "/" + name;
            if (Files.isExecutable(Path.of(candidate)) && Files.isRegularFile(Path.of(candidate))) {
                found.add(candidate);
                return;
            }
            absent.add(candidate);
        }
    }

    /** The places at which the loader would find a library before the one that it loaded. */
    void searchLibraryPath(String library, Collection<String> absent) {
        String name = library.substring(library.lastIndexOf('/') + 1);
        for (String entry : environment.getOrDefault("LD_LIBRARY_PATH", "").split("[:;]", -1)) {
            String candidate = (entry.startsWith("/") ? entry : directory + "/" + entry) + "/" + name;
            if (!entry.isEmpty() && Files.notExists(Path.of(candidate))) {
                absent.add(candidate);
            }
        }
    }

    private String run(List<String> command, Map<String, String> extra) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(new File(directory))
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"));
        Map<String, String> variables = builder.environment();
        variables.clear();
        variables.putAll(environment);
        variables.remove("LANGUAGE");
        variables.put("LC_ALL", "C");
        variables.put("CAIRN_INNER", "1");
        variables.putAll(extra);
        Process process = builder.start();
        try {
            ProcessOutput output = ProcessOutput.of(process);
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("no answer within " + LIMIT_SECONDS + " s");
            }
            return new String(output.bytes(), StandardCharsets.ISO_8859_1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Whether an ELF program names an interpreter; a static one would really run instead of listing its libraries. */
    private static boolean isDynamic(String program) throws IOException {
        try (var in = Files.newInputStream(Path.of(program))) {
            String head = new String(in.readNBytes(4096), StandardCharsets.ISO_8859_1);
            return head.startsWith("\177ELF") && (head.contains("/ld-") || head.contains("/lib/ld"));
        }
    }
}
