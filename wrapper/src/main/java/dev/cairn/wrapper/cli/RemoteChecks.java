package dev.cairn.wrapper.cli;

import dev.cairn.remote.Failure;
import dev.cairn.remote.ProviderVariables;
import dev.cairn.remote.StoreReport;
import dev.cairn.wrapper.config.RemoteFiles;
import dev.cairn.wrapper.config.RemoteOptions;
import dev.cairn.wrapper.config.SettingsSource;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Asks the store that is set here, as a build here would; and tells what the daemon found about those that it uses, unless
 * that is the same store and adds nothing.
 */
final class RemoteChecks {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final RemoteOptions options;
    private final ProviderVariables variables;
    private final Installation installation;

    RemoteChecks(Installation installation, Map<String, String> environment) {
        this.installation = installation;
        options = new SettingsSource().resolve(environment).settings().remote();
        variables = ProviderVariables.of(environment);
    }

    /**
     * Looks at them.
     *
     * @param remotes what the daemon says about those that it uses; anything but a list when there is none
     */
    List<Check> run(JsonNode remotes) {
        List<Check> checks = new ArrayList<>();
        String address = options.url().map(Object::toString).orElse("");
        Optional<Check> asked = options.url().map(_ -> asked(address));
        asked.ifPresent(checks::add);
        boolean fails = asked.filter(check -> check.level() != Check.Level.OK).isPresent();
        for (JsonNode remote : remotes) {
            Check seen = seenByDaemon(remote);
            boolean adds = !fails && seen.level() != Check.Level.OK;
            if (!Json.text(remote, "url").equals(address) || adds) {
                checks.add(seen);
            }
        }
        return checks;
    }

    private Check asked(String address) {
        try {
            StoreReport report =
                    StoreReport.of(RemoteFiles.settings(options, variables, installation.cacheDirectory()), LIMIT);
            return report.fault()
                    .map(fault -> Check.warn("remote", report.line(), advice(fault.failure())))
                    .orElseGet(() -> Check.ok("remote", report.line()));
        } catch (IOException | IllegalArgumentException e) {
            return Check.warn("remote", address + ": " + message(e), advice(Failure.MISCONFIGURED));
        }
    }

    /** The message of a failed file operation is but the file's name. */
    private static String message(Exception e) {
        return e instanceof FileSystemException ? e.toString() : String.valueOf(e.getMessage());
    }

    private static String advice(Failure failure) {
        return switch (failure) {
            case UNREACHABLE ->
                "check the address, the network, and the variables that name a proxy; builds go on without it";
            case TLS ->
                "for an authority of your own add ca=/path/to/its.pem to the address; see docs/configuration.md";
            case TIMEOUT -> "check the network; builds go on without it, and it is tried again in the background";
            case DENIED ->
                "check the credentials that builds have; for S3 grant s3:ListBucket, or what is absent is answered by 403;"
                        + " if this machine may not write: CAIRN_REMOTE_MODE=read-only";
            case NO_BUCKET -> "make it, or correct the address";
            case THROTTLED, SERVER -> "nothing is wrong here: look at the server; it is tried again in the background";
            case UNSUPPORTED, REFUSED ->
                "look at what the server says about it; if this machine may not write:"
                        + " CAIRN_REMOTE_MODE=read-only";
            case DAMAGED -> "something between here and the store changes what passes; such results are never used";
            case MISCONFIGURED -> "correct the address, the certificates, the key files or the proxy";
        };
    }

    private static Check seenByDaemon(JsonNode remote) {
        String line = Json.text(remote, "line");
        return switch (Json.text(remote, "state")) {
            case "ok" ->
                Check.ok("remote", line + (remote.has("capabilities") ? "; " + Json.text(remote, "capabilities") : ""));
            case "opening" -> Check.ok("remote", line);
            case "degraded" ->
                Check.warn("remote", line, "see whether this machine may write; if not: CAIRN_REMOTE_MODE=read-only");
            case "misconfigured" ->
                Check.warn(
                        "remote",
                        line,
                        "check address, credentials and key files; for S3 grant s3:ListBucket, or what is absent is"
                                + " answered by 403");
            default -> Check.warn("remote", line, "check the network; it is tried again in the background");
        };
    }
}
