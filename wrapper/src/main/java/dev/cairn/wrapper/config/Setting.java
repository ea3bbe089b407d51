package dev.cairn.wrapper.config;

import dev.cairn.remote.RemoteMode;
import dev.cairn.remote.RemoteUrl;
import dev.cairn.wrapper.config.Settings.PathRemap;
import dev.cairn.wrapper.config.Settings.StrictPaths;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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

    static final Setting<Optional<RemoteUrl>> REMOTE = remote("remote", RemoteValues.ADDRESS, RemoteOptions::url);
    static final Setting<RemoteMode> REMOTE_MODE = remote("remote_mode", RemoteValues.MODE, RemoteOptions::mode);
    static final Setting<String> REMOTE_NAMESPACE =
            remote("remote_namespace", RemoteValues.SCOPE, RemoteOptions::namespace);
    static final Setting<String> REMOTE_SCOPE = remote("remote_scope", RemoteValues.SCOPE, RemoteOptions::scope);
    static final Setting<List<String>> REMOTE_READ_SCOPES =
            remote("remote_read_scopes", RemoteValues.SCOPES, RemoteOptions::readScopes);
    static final Setting<List<String>> REMOTE_KEYS = remote("remote_keys", RemoteValues.KEYS, RemoteOptions::keys);
    static final Setting<Optional<String>> REMOTE_SIGNING_KEY_FILE =
            remote("remote_signing_key_file", RemoteValues.FILE, RemoteOptions::signingKeyFile);
    static final Setting<Optional<String>> REMOTE_TOKEN_FILE =
            remote("remote_token_file", RemoteValues.FILE, RemoteOptions::tokenFile);
    static final Setting<Optional<String>> REMOTE_CLIENT_CERTIFICATE =
            remote("remote_client_certificate", RemoteValues.FILE, RemoteOptions::clientCertificate);
    static final Setting<Optional<String>> REMOTE_CLIENT_KEY =
            remote("remote_client_key", RemoteValues.FILE, RemoteOptions::clientKey);
    static final Setting<Long> REMOTE_UPLOAD_LIMIT =
            remote("remote_upload_limit", ValueType.SIZE, RemoteOptions::uploadLimit);
    static final Setting<Boolean> REMOTE_RESHARE = remote("remote_reshare", ValueType.BOOLEAN, RemoteOptions::reshare);
    static final Setting<Boolean> REMOTE_PREFETCH =
            remote("remote_prefetch", ValueType.BOOLEAN, RemoteOptions::prefetch);
    static final Setting<Boolean> REMOTE_MISS_FILTER =
            remote("remote_miss_filter", ValueType.BOOLEAN, RemoteOptions::missFilter);
    static final Setting<String> REMOTE_CONFIGURATION =
            remote("remote_configuration", RemoteValues.SCOPE, RemoteOptions::configuration);
    static final Setting<Duration> REMOTE_TIMEOUT =
            remote("remote_timeout", RemoteValues.PATIENCE, RemoteOptions::timeout);
    static final Setting<Duration> REMOTE_HEAD_START =
            remote("remote_head_start", RemoteValues.PATIENCE, RemoteOptions::headStart);

    static final List<Setting<?>> ALL = List.of(
            MAX_SIZE,
            DISABLE,
            RECACHE,
            PATH_REMAP,
            WORKTREE_ROOT,
            STRICT_PATHS,
            HARD_LINK,
            CHANGE_FEED,
            IDLE_TIMEOUT,
            REMOTE,
            REMOTE_MODE,
            REMOTE_NAMESPACE,
            REMOTE_SCOPE,
            REMOTE_READ_SCOPES,
            REMOTE_KEYS,
            REMOTE_SIGNING_KEY_FILE,
            REMOTE_TOKEN_FILE,
            REMOTE_CLIENT_CERTIFICATE,
            REMOTE_CLIENT_KEY,
            REMOTE_UPLOAD_LIMIT,
            REMOTE_RESHARE,
            REMOTE_PREFETCH,
            REMOTE_MISS_FILTER,
            REMOTE_CONFIGURATION,
            REMOTE_TIMEOUT,
            REMOTE_HEAD_START);

    private static <T> Setting<T> remote(String key, ValueType<T> type, Function<RemoteOptions, T> value) {
        return new Setting<>(
                key, "CAIRN_" + key.toUpperCase(Locale.ROOT), type, settings -> value.apply(settings.remote()));
    }

    /** Whether it says how to use the remote store; with one of these not understood, the store is not used. */
    boolean isOfRemote() {
        return key.startsWith("remote");
    }

    /** Whether a text that is not understood may hold a secret. */
    boolean mayHoldSecret() {
        return key.equals(REMOTE.key) || key.equals(REMOTE_KEYS.key);
    }

    T fallback() {
        return value.apply(Settings.defaults());
    }

    String textIn(Settings settings) {
        return type.text(value.apply(settings));
    }
}
