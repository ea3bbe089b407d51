package dev.cairn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Something mounted at a directory or a file, for all processes of this namespace, until it is closed. */
record Mount(Path point) implements AutoCloseable {
    static Mount tmpfs(Path point, String options) throws IOException {
        Files.createDirectories(point);
        return at(point, "-t", "tmpfs", "-o", options, "tmpfs");
    }

    /** Shows a directory or a file at another place, too. */
    static Mount bind(Path shown, Path point) throws IOException {
        return at(point, "--bind", shown.toString());
    }

    /** Mounts a directory in front of another; what is changed there goes to the former. */
    static Mount overlay(Path lower, Path upper, Path work, Path point) throws IOException {
        Files.createDirectories(work);
        Files.createDirectories(point);
        return at(
                point, "-t", "overlay", "-o", "lowerdir=%s,upperdir=%s,workdir=%s".formatted(lower, upper, work), "o");
    }

    /** Mounts a file that holds a file system. */
    static Mount image(Path image, Path point) throws IOException {
        Files.createDirectories(point);
        return at(point, "-o", "loop", image.toString());
    }

    private static Mount at(Path point, String... how) throws IOException {
        List<String> command = new ArrayList<>(List.of("mount"));
        command.addAll(List.of(how));
        command.add(point.toString());
        run(command);
        return new Mount(point);
    }

    /** Whether this process may mount what needs no device. */
    static boolean isPermitted() {
        return System.getProperty("user.name").equals("root");
    }

    /** Whether it may mount images, too: who is root only in a namespace may not. */
    static boolean disksArePermitted() throws IOException {
        boolean everywhere =
                Files.readString(Path.of("/proc/self/uid_map")).strip().matches("0 +0 +4294967295");
        return isPermitted() && everywhere;
    }

    /** Who holds a file open there keeps only what is below the place, not the place. */
    @Override
    public void close() throws IOException {
        run(List.of("umount", "-l", point.toString()));
    }

    static void run(List<String> command) throws IOException {
        run(0, command);
    }

    /** Runs a command that has to end with an exit code. */
    static void run(int code, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.onExit().join().exitValue())
                .as("%s: %s", String.join(" ", command), said)
                .isEqualTo(code);
    }

    /** Gives a file, link or directory another name, in place of what has it. */
    static void move(Path from, Path to) throws IOException {
        run(List.of("mv", "-T", from.toString(), to.toString()));
    }
}
