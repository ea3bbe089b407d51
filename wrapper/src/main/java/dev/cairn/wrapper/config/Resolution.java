package dev.cairn.wrapper.config;

import dev.cairn.wrapper.config.SettingsFile.Entry;
import dev.cairn.wrapper.config.SettingsSource.Resolved;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Decides, setting by setting, between the environment, one file and the defaults. For one use by one thread. */
final class Resolution {
    private final Map<String, String> environment;
    private final Optional<SettingsFile> file;
    private final List<String> problems = new ArrayList<>();
    private boolean remoteInDoubt;
    private final Map<String, String> origins = new LinkedHashMap<>();

    /** A value and where it is from; {@code said} is the source as a message starts with it. */
    private record Candidate(String said, String origin, Optional<String> text, String shown) {}

    Resolution(Map<String, String> environment, Optional<SettingsFile> file) {
        this.environment = environment;
        this.file = file;
    }

    Resolved resolve() {
        file.ifPresent(contents -> problems.addAll(contents.problems()));
        Settings settings = new Settings(
                choose(Setting.MAX_SIZE),
                choose(Setting.DISABLE),
                choose(Setting.RECACHE),
                choose(Setting.PATH_REMAP),
                choose(Setting.WORKTREE_ROOT),
                choose(Setting.STRICT_PATHS),
                choose(Setting.HARD_LINK),
                choose(Setting.CHANGE_FEED),
                choose(Setting.IDLE_TIMEOUT),
                new RemoteOptions(
                        choose(Setting.REMOTE),
                        choose(Setting.REMOTE_MODE),
                        choose(Setting.REMOTE_NAMESPACE),
                        choose(Setting.REMOTE_SCOPE),
                        choose(Setting.REMOTE_READ_SCOPES),
                        choose(Setting.REMOTE_KEYS),
                        choose(Setting.REMOTE_SIGNING_KEY_FILE),
                        choose(Setting.REMOTE_TOKEN_FILE),
                        choose(Setting.REMOTE_CLIENT_CERTIFICATE),
                        choose(Setting.REMOTE_CLIENT_KEY),
                        choose(Setting.REMOTE_UPLOAD_LIMIT),
                        choose(Setting.REMOTE_RESHARE),
                        choose(Setting.REMOTE_PREFETCH),
                        choose(Setting.REMOTE_MISS_FILTER),
                        choose(Setting.REMOTE_CONFIGURATION),
                        choose(Setting.REMOTE_TIMEOUT),
                        choose(Setting.REMOTE_HEAD_START)));
        if (remoteInDoubt) {
            settings = settings.withoutRemote();
        }
        addUnknownVariables();
        return new Resolved(settings, problems, origins);
    }

    private <T> T choose(Setting<T> setting) {
        ValueType<T> type = setting.type();
        Optional<T> chosen = Optional.empty();
        List<Candidate> refused = new ArrayList<>();
        for (Candidate candidate : candidates(setting)) {
            Optional<T> value = candidate.text().flatMap(type::read);
            if (value.isEmpty()) {
                refused.add(candidate);
            } else if (chosen.isEmpty()) {
                chosen = value;
                origins.put(setting.key(), candidate.origin());
            }
        }
        origins.putIfAbsent(setting.key(), "default");
        T value = chosen.orElseGet(setting::fallback);
        for (Candidate candidate : refused) {
            if (setting.isOfRemote()) {
                // What it falls back to may be what was to be prevented: writing, or believing without a signature.
                remoteInDoubt = true;
                problems.add(
                        candidate.said() + fault(setting, candidate) + "; no remote is used, the cache is local only");
                continue;
            }
            problems.add(candidate.said() + candidate.shown() + " is not " + type.expected() + "; using "
                    + type.text(value) + " (" + origins.get(setting.key()) + ")");
        }
        return value;
    }

    private static String fault(Setting<?> setting, Candidate candidate) {
        if (setting.equals(Setting.REMOTE)) {
            return "not an address of a remote: "
                    + candidate.text().map(RemoteValues::fault).orElse("it is not text");
        }
        return (setting.mayHoldSecret() ? "what it says" : candidate.shown()) + " is not "
                + setting.type().expected();
    }

    /** What was said about a setting, the strongest first. */
    private List<Candidate> candidates(Setting<?> setting) {
        List<Candidate> candidates = new ArrayList<>();
        String variable = environment.get(setting.variable());
        if (variable != null && (setting.type().emptyIsValue() || !variable.isBlank())) {
            candidates.add(new Candidate(
                    setting.variable() + ": ",
                    setting.variable(),
                    Optional.of(variable),
                    "\"" + Line.of(variable) + "\""));
        }
        file.ifPresent(contents -> {
            Entry entry = contents.entries().get(setting.key());
            if (entry != null) {
                String place = contents.path() + ":" + entry.line();
                candidates.add(new Candidate(place + ": " + setting.key() + " = ", place, entry.text(), entry.shown()));
            }
        });
        return candidates;
    }

    private void addUnknownVariables() {
        for (String name : new TreeSet<>(environment.keySet())) {
            if (!name.startsWith("CAIRN_") || KnownNames.VARIABLES.contains(name)) {
                continue;
            }
            problems.add(Line.of(name) + ": no such setting; ignored"
                    + KnownNames.nearest(name, KnownNames.VARIABLES)
                            .map(known -> "; did you mean " + known + "?")
                            .orElse(""));
        }
    }
}
