package dev.cairn.wrapper.config;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The effective settings of one request. Immutable.
 *
 * @param maxSize byte budget of the local cache; 0 means no limit, never negative
 * @param disabled whether every invocation is a passthrough
 * @param recache whether every lookup is a miss whose result replaces what is stored
 * @param pathRemap whether paths of the checkout are mapped away so that checkouts share results
 * @param worktreeRoots directories that count as checkouts, absolute; empty to look for Git checkouts
 * @param strictPaths which spellings of paths are cached
 * @param hardLink whether outputs may be delivered as hard links to the cache's own files
 * @param changeFeed whether what the kernel says of changes is believed, so that unchanged inputs are not looked at
 * @param idleTimeout how long the daemon stays without a request; zero means for ever, never negative
 * @param remote the store that other machines share, and how to use it
 */
public record Settings(
        long maxSize,
        boolean disabled,
        boolean recache,
        PathRemap pathRemap,
        List<String> worktreeRoots,
        StrictPaths strictPaths,
        boolean hardLink,
        boolean changeFeed,
        Duration idleTimeout,
        RemoteOptions remote) {

    /** A byte budget that no disk reaches, far enough from overflow that sums with it are safe. */
    public static final long UNLIMITED = 1L << 60;

    /** Whether paths of the checkout are mapped away. */
    public enum PathRemap {
        /** Map where the compiler can. */
        AUTO,
        /** Never map: outputs are byte for byte those of a bare compilation. */
        OFF
    }

    /** Which spellings of paths are cached; others are passed through, so that they are noticed. */
    public enum StrictPaths {
        /** All. */
        OFF,
        /** Paths below the checkout must be all absolute or all relative, within one command line. */
        CONSISTENT,
        /** Paths must be absolute, without {@code .} and {@code ..}. */
        ABSOLUTE
    }

    private static final Settings DEFAULTS = new Settings(
            10L << 30,
            false,
            false,
            PathRemap.AUTO,
            List.of(),
            StrictPaths.OFF,
            false,
            false,
            Duration.ofHours(3),
            RemoteOptions.NONE);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException when the size or the duration is negative
     */
    public Settings {
        worktreeRoots = List.copyOf(worktreeRoots);
        if (maxSize < 0) {
            throw new IllegalArgumentException("negative size: " + maxSize);
        }
        if (idleTimeout.isNegative()) {
            throw new IllegalArgumentException("negative duration: " + idleTimeout);
        }
    }

    /** Returns what holds where nothing is set: 10 GiB, enabled, paths mapped, no hard links, no change feed, three hours, no remote. */
    public static Settings defaults() {
        return DEFAULTS;
    }

    /** Returns the same without a remote store. */
    Settings withoutRemote() {
        return new Settings(
                maxSize,
                disabled,
                recache,
                pathRemap,
                worktreeRoots,
                strictPaths,
                hardLink,
                changeFeed,
                idleTimeout,
                remote.without());
    }

    /** Returns the byte budget for a store that knows no "no limit": {@link #UNLIMITED} for 0, and at most that. */
    public long budget() {
        return maxSize == 0 ? UNLIMITED : Math.min(maxSize, UNLIMITED);
    }

    /**
     * Returns the values for JSON, under their file keys and in a fixed order: {@code max_size} in bytes, {@code
     * disable}, {@code recache}, {@code hard_link} and {@code change_feed} as Booleans, {@code path_remap} and {@code
     * strict_paths} as words, {@code worktree_root} as written in the environment, {@code idle_timeout_seconds} in seconds; those of the remote store as {@link #texts} has them. Immutable.
     */
    public Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("max_size", maxSize);
        values.put("disable", disabled);
        values.put("recache", recache);
        values.put("path_remap", ValueType.PATH_REMAP.text(pathRemap));
        values.put("worktree_root", ValueType.DIRECTORIES.text(worktreeRoots));
        values.put("strict_paths", ValueType.STRICT_PATHS.text(strictPaths));
        values.put("hard_link", hardLink);
        values.put("change_feed", changeFeed);
        values.put("idle_timeout_seconds", idleTimeout.toSeconds());
        Setting.ALL.stream()
                .filter(Setting::isOfRemote)
                .forEach(setting -> values.put(setting.key(), setting.textIn(this)));
        return Collections.unmodifiableMap(values);
    }

    /**
     * Returns the values as they would be written in the file (without quotes), under their file keys and in the order
     * of the manual; each reads back as the same value, but for the address of a remote store, which is shown without what
     * may be secret. Immutable.
     */
    public Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Setting<?> setting : Setting.ALL) {
            texts.put(setting.key(), setting.textIn(this));
        }
        return Collections.unmodifiableMap(texts);
    }
}
