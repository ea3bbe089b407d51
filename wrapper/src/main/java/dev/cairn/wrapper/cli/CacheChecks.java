package dev.cairn.wrapper.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/** Looks at the cache directory, its file system and the socket's directory. Leaves nothing behind. */
final class CacheChecks {
    private static final long LITTLE_SPACE = 1L << 30;
    private static final int LONGEST_SOCKET_PATH = 107;
    private static final Set<String> NETWORK_FILE_SYSTEMS =
            Set.of("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "fuse.sshfs", "lustre", "glusterfs");

    private final Installation installation;

    CacheChecks(Installation installation) {
        this.installation = installation;
    }

    List<Check> run() {
        List<Check> checks = new ArrayList<>();
        Path directory = installation.cacheDirectory();
        Path existing = existing(directory);
        checks.add(directory(directory, existing));
        if (Files.isDirectory(existing)) {
            checks.addAll(fileSystem(existing));
            checks.add(reflink(existing));
        }
        checks.add(socket());
        return checks;
    }

    private static Path existing(Path directory) {
        return Stream.iterate(directory, path -> path != null, Path::getParent)
                .filter(Files::exists)
                .findFirst()
                .orElse(directory);
    }

    private static Check directory(Path directory, Path existing) {
        String advice = "make it writable for you, or set CAIRN_DIR to another directory";
        if (!Files.isDirectory(existing)) {
            return Check.fail("cache directory", existing + " is not a directory", advice);
        }
        if (!existing.equals(directory)) {
            return Files.isWritable(existing)
                    ? Check.ok("cache directory", directory + " does not exist yet and can be made")
                    : Check.fail("cache directory", directory + " cannot be made in " + existing, advice);
        }
        try {
            Files.delete(Files.createTempFile(directory, "doctor", ".tmp"));
            return Check.ok("cache directory", directory + " is writable");
        } catch (IOException e) {
            return Check.fail("cache directory", directory + " is not writable (" + e.getMessage() + ")", advice);
        }
    }

    private static List<Check> fileSystem(Path directory) {
        try {
            FileStore store = Files.getFileStore(directory);
            String type = store.type();
            long free = store.getUsableSpace();
            Check kind = NETWORK_FILE_SYSTEMS.contains(type.toLowerCase(Locale.ROOT))
                    ? Check.warn(
                            "file system",
                            type + " is a network file system: slow, and locks may not hold",
                            "set CAIRN_DIR to a local directory")
                    : Check.ok("file system", type);
            Check space = free < LITTLE_SPACE
                    ? Check.warn(
                            "free space",
                            "only " + Quantities.bytes(free) + " free",
                            "free some, or set CAIRN_DIR to another disk")
                    : Check.ok("free space", Quantities.bytes(free) + " free");
            return List.of(kind, space);
        } catch (IOException e) {
            return List.of(
                    Check.warn("file system", "cannot be examined (" + e.getMessage() + ")", "look at the disk"));
        }
    }

    private static Check reflink(Path directory) {
        Path probe = null;
        try {
            probe = Files.createTempDirectory(directory, "doctor");
            Path source = Files.writeString(probe.resolve("a"), "a", StandardCharsets.UTF_8);
            OptionalInt exit = ExternalCommand.run(List.of(
                    "cp",
                    "--reflink=always",
                    source.toString(),
                    probe.resolve("b").toString()));
            return exit.isPresent() && exit.getAsInt() == 0
                    ? Check.ok("reflink", "supported: outputs on this file system are delivered without copying")
                    : Check.ok("reflink", "not supported: outputs are copied");
        } catch (IOException e) {
            return Check.warn("reflink", "cannot be tried (" + e.getMessage() + ")", "see cache directory");
        } finally {
            if (probe != null) {
                remove(probe);
            }
        }
    }

    private static void remove(Path probe) {
        for (Path path : List.of(probe.resolve("a"), probe.resolve("b"), probe)) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                return;
            }
        }
    }

    private Check socket() {
        Path endpoint = installation.endpoint();
        Path directory = endpoint.toAbsolutePath().getParent();
        if (endpoint.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_SOCKET_PATH) {
            return Check.fail("socket", endpoint + " is too long for a socket", "set CAIRN_DIR to a shorter path");
        }
        if (directory == null || !Files.exists(directory)) {
            return Check.ok("socket", directory + " does not exist yet");
        }
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
            boolean own = Files.getOwner(directory).equals(Files.getOwner(Path.of("/proc/self")));
            if (!own) {
                return Check.fail(
                        "socket", directory + " belongs to another user", "set CAIRN_DIR to a directory of yours");
            }
            return permissions.equals(PosixFilePermissions.fromString("rwx------"))
                    ? Check.ok("socket", directory + " is yours alone")
                    : Check.fail(
                            "socket",
                            directory + " is open to others (" + PosixFilePermissions.toString(permissions) + ")",
                            "run: chmod 700 " + directory);
        } catch (IOException e) {
            return Check.fail("socket", directory + " cannot be examined (" + e.getMessage() + ")", "look at it");
        }
    }
}
