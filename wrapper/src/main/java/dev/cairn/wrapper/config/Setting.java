package dev.cairn.wrapper.config;

import dev.cairn.wrapper.config.Settings.PathRemap;
import dev.cairn.wrapper.config.Settings.StrictPaths;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * One setting: a row of the table of everything that can be set.
 *
 * @param key its name in the file
 * @param variable its name in the environment
 * @param type how it is written
 * @param value where it is in {@link Settings}
 */
record Setting<T>(String key, String variable, ValueType<T> type, Function<Settings, T> value) {
    static final Setting<Long> MAX_SIZE =
            new Setting<>("max_size", "CAIRN_MAX_SIZE", ValueType.SIZE, Settings::maxSize);
    static final Setting<Boolean> DISABLE =
            new Setting<>("disable", "CAIRN_DISABLE", ValueType.BOOLEAN, Settings::disabled);
    static final Setting<Boolean> RECACHE =
            new Setting<>("recache", "CAIRN_RECACHE", ValueType.BOOLEAN, Settings::recache);
    static final Setting<PathRemap> PATH_REMAP =
            new Setting<>("path_remap", "CAIRN_PATH_REMAP", ValueType.PATH_REMAP, Settings::pathRemap);
    static final Setting<List<String>> WORKTREE_ROOT =
            new Setting<>("worktree_root", "CAIRN_WORKTREE_ROOT", ValueType.DIRECTORIES, Settings::worktreeRoots);
    static final Setting<StrictPaths> STRICT_PATHS =
            new Setting<>("strict_paths", "CAIRN_STRICT_PATHS", ValueType.STRICT_PATHS, Settings::strictPaths);
    static final Setting<Boolean> HARD_LINK =
            new Setting<>("hard_link", "CAIRN_HARD_LINK", ValueType.BOOLEAN, Settings::hardLink);
    static final Setting<Boolean> CHANGE_FEED =
            new Setting<>("change_feed", "CAIRN_CHANGE_FEED", ValueType.BOOLEAN, Settings::changeFeed);
    static final Setting<Duration> IDLE_TIMEOUT =
            new Setting<>("idle_timeout", "CAIRN_IDLE_TIMEOUT", ValueType.DURATION, Settings::idleTimeout);

    static final List<Setting<?>> ALL = List.of(
            MAX_SIZE, DISABLE, RECACHE, PATH_REMAP, WORKTREE_ROOT, STRICT_PATHS, HARD_LINK, CHANGE_FEED, IDLE_TIMEOUT);

    T fallback() {
        return value.apply(Settings.defaults());
    }

    String textIn(Settings settings) {
        return type.text(value.apply(settings));
    }
}
