package dev.cairn.wrapper.pipeline;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Collectors;

/** What the processor of this machine is; decides what {@code -march=native} means. */
final class Processor {
    private static final String DESCRIPTION = read();

    private Processor() {}

    /** Returns model and features as the kernel names them; something unique to this run when they can't be read. */
    static String description() {
        return DESCRIPTION;
    }

    private static String read() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"), StandardCharsets.ISO_8859_1)) {
            return lines.takeWhile(line -> !line.isBlank())
                    .filter(line -> !line.startsWith("cpu MHz")
                            && !line.startsWith("bogomips")
                            && !line.startsWith("processor")
                            && !line.startsWith("core id")
                            && !line.startsWith("apicid")
                            && !line.startsWith("initial apicid")
                            && !line.startsWith("microcode"))
                    .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            return UUID.randomUUID().toString();
        }
    }
}
