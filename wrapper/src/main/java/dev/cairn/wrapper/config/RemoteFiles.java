package dev.cairn.wrapper.config;

import dev.cairn.remote.ClientCertificate;
import dev.cairn.remote.HttpCredentials;
import dev.cairn.remote.ProviderVariables;
import dev.cairn.remote.RemoteSettings;
import dev.cairn.remote.RemoteTuning;
import dev.cairn.remote.SigningKey;
import dev.cairn.remote.TrustedKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the files that the settings of the remote store name. Stateless. */
public final class RemoteFiles {
    private static final long LARGEST_KEY_FILE = 64 << 10;

    private RemoteFiles() {}

    /**
     * Returns how to use the store that options name.
     *
     * @param temporary directory for what is on its way
     * @throws IOException when a file cannot be read; the message says which
     * @throws IllegalArgumentException when a file does not hold what it should
     */
    public static RemoteSettings settings(RemoteOptions options, ProviderVariables variables, Path temporary)
            throws IOException {
        List<TrustedKey> trusted = new ArrayList<>();
        for (String key : options.keys()) {
            if (key.startsWith("/")) {
                lines(key).forEach(line -> trusted.add(TrustedKey.parse(line)));
            } else {
                trusted.add(TrustedKey.parse(key));
            }
        }
        if (trusted.isEmpty() && !options.keys().isEmpty()) {
            throw new IOException("no key in " + options.keys());
        }
        Optional<SigningKey> signer = Optional.empty();
        if (options.signingKeyFile().isPresent()) {
            signer = Optional.of(SigningKey.parse(only(options.signingKeyFile().get())));
        }
        Optional<String> token = Optional.empty();
        if (options.tokenFile().isPresent()) {
            token = Optional.of(only(options.tokenFile().get()));
        }
        return new RemoteSettings(
                options.url().orElseThrow(),
                new HttpCredentials(token, Optional.empty(), certificate(options)),
                variables,
                options.mode(),
                options.namespace(),
                options.scope(),
                options.effectiveReadScopes(),
                signer,
                trusted,
                temporary,
                RemoteTuning.DEFAULT.withBytesPerSecond(options.uploadLimit()).withMissFilter(options.missFilter()));
    }

    private static Optional<ClientCertificate> certificate(RemoteOptions options) throws IOException {
        if (options.clientCertificate().isEmpty() && options.clientKey().isPresent()) {
            throw new IOException("remote_client_key is of no use without remote_client_certificate");
        }
        return options.clientCertificate()
                .map(chain -> new ClientCertificate(
                        Path.of(chain), Path.of(options.clientKey().orElse(chain))));
    }

    private static String only(String file) throws IOException {
        List<String> lines = lines(file);
        if (lines.size() != 1) {
            throw new IOException(file + " must hold one line");
        }
        return lines.getFirst();
    }

    /** Returns the lines that are neither empty nor a comment. */
    private static List<String> lines(String file) throws IOException {
        Path path = Path.of(file);
        if (!Files.isRegularFile(path) || Files.size(path) > LARGEST_KEY_FILE) {
            throw new IOException(file + " is not a small regular file");
        }
        return Files.readString(path, StandardCharsets.ISO_8859_1)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }
}
