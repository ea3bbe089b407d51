package dev.cairn.remote;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** A process that puts the same keys as another at the same time, and then replaces one object in turn with it. */
final class RaceProcess {
    static final int KEYS = 200;
    static final int INCREMENTS = 50;

    private RaceProcess() {}

    static Process start(Path directory, String name) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RaceProcess.class.getName(),
                        directory.toString(),
                        name)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    static Optional<String> read(ObjectStore store, String key) throws IOException {
        Optional<StoredObject> found = store.get(key);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (StoredObject object = found.get()) {
            return Optional.of(new String(object.content().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** Tries to add one to the number that an object holds. */
    static boolean increment(ObjectStore store) throws IOException {
        ObjectInfo before;
        int count;
        try (StoredObject object = store.get("counter").orElseThrow()) {
            before = object.info();
            count = Integer.parseInt(new String(object.content().readAllBytes(), StandardCharsets.UTF_8));
        }
        Content next = Content.of(Integer.toString(count + 1).getBytes(StandardCharsets.UTF_8));
        return store.putIfMatch("counter", next, before.etag()) instanceof PutResult.Stored;
    }

    /**
     * Runs in the other JVM: prints the keys that it won.
     *
     * @param arguments directory and name
     */
    public static void main(String[] arguments) throws IOException {
        ObjectStore store = DirectoryObjectStore.open(Path.of(arguments[0]));
        Content content = Content.of(arguments[1].repeat(10_000).getBytes(StandardCharsets.UTF_8));
        System.out.println("ready");
        System.in.read();
        for (int i = 0; i < KEYS; i++) {
            String key = "race/" + i % 16 + "/" + i;
            if (store.putIfAbsent(key, content) instanceof PutResult.Stored) {
                System.out.println(key);
            }
        }
        for (int done = 0; done < INCREMENTS; ) {
            done += increment(store) ? 1 : 0;
        }
    }
}
