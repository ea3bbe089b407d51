package dev.cairn.wrapper.daemon;

import dev.cairn.wrapper.Version;
import dev.cairn.wrapper.config.SettingsSource.Resolved;
import dev.cairn.wrapper.protocol.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** Describes the daemon. Thread-safe. */
final class Status {
    private static final long PAGE = 4096;

    private final String directory;
    private final String endpoint;
    private final Store store;
    private final IntSupplier openRequests;
    private final Supplier<Resolved> settings;
    private final Remotes remotes;
    private final long started = System.currentTimeMillis();

    Status(
            String directory,
            String endpoint,
            Store store,
            IntSupplier openRequests,
            Supplier<Resolved> settings,
            Remotes remotes) {
        this.remotes = remotes;
        this.directory = directory;
        this.endpoint = endpoint;
        this.store = store;
        this.openRequests = openRequests;
        this.settings = settings;
    }

    Map<String, Object> describe() {
        Runtime runtime = Runtime.getRuntime();
        Map<String, Object> table = new LinkedHashMap<>();
        table.put("pid", ProcessHandle.current().pid());
        table.put("version", Version.current());
        table.put("protocol", Frame.PROTOCOL);
        table.put("endpoint", Text.display(endpoint));
        table.put("cache_dir", Text.display(directory));
        table.put("started", started);
        table.put("uptime_seconds", (System.currentTimeMillis() - started) / 1000);
        table.put("open_requests", openRequests.getAsInt());
        table.put("rss_bytes", residentBytes());
        table.put("heap_used_bytes", runtime.totalMemory() - runtime.freeMemory());
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("state", store.state());
        store.error().ifPresent(error -> state.put("error", error));
        table.put("store", state);
        table.put("remotes", remotes.inUse().stream().map(Tables::remote).toList());
        Resolved last = settings.get();
        table.put("settings", last.settings().values());
        table.put(
                "settings_problems", last.problems().stream().map(Text::display).toList());
        return table;
    }

    /** Second field of /proc/self/statm, in pages (proc_pid_statm(5)). */
    private static long residentBytes() {
        try {
            String statm = Files.readString(Path.of("/proc/self/statm"), StandardCharsets.US_ASCII);
            return Long.parseLong(statm.split(" ", 3)[1]) * PAGE;
        } catch (IOException e) {
            return 0;
        }
    }
}
