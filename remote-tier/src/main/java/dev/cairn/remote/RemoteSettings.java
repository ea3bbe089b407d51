package dev.cairn.remote;

import dev.cairn.cache.Digest;
import dev.cairn.cache.Hasher;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How to use a remote tier. Immutable.
 *
 * @param url which store
 * @param credentials for an HTTP store; the others have their providers' chains
 * @param variables where the credentials of a bucket are looked for
 * @param mode what this machine does with it
 * @param namespace keeps projects apart in one store
 * @param writeScope where this machine writes
 * @param readScopes where it reads, the most welcome first; what is written elsewhere does not exist for it
 * @param signer signs what is written
 * @param trusted if any, only what one of these signed is believed
 * @param temporary directory for what is on its way; belongs to the tier alone
 */
public record RemoteSettings(
        RemoteUrl url,
        HttpCredentials credentials,
        ProviderVariables variables,
        RemoteMode mode,
        String namespace,
        String writeScope,
        List<String> readScopes,
        Optional<SigningKey> signer,
        List<TrustedKey> trusted,
        Path temporary,
        RemoteTuning tuning) {
    /** The scope of those who do not speak of scopes. */
    public static final String MAIN = "main";

    public RemoteSettings {
        readScopes = List.copyOf(readScopes);
        trusted = List.copyOf(trusted);
        new Layout(namespace, writeScope);
        readScopes.forEach(scope -> Layout.requireName("scope", scope));
        if (mode.reads() && readScopes.isEmpty()) {
            throw new IllegalArgumentException("a remote tier that is read needs a scope to read");
        }
    }

    /** Returns the settings of one who says only which store. */
    public static RemoteSettings of(RemoteUrl url, Path temporary) {
        return new RemoteSettings(
                url,
                HttpCredentials.NONE,
                ProviderVariables.ofProcess(),
                RemoteMode.READ_WRITE,
                "default",
                MAIN,
                List.of(MAIN),
                Optional.empty(),
                List.of(),
                temporary,
                RemoteTuning.DEFAULT);
    }

    /** Returns these settings with another mode. */
    public RemoteSettings withMode(RemoteMode other) {
        return new RemoteSettings(
                url,
                credentials,
                variables,
                other,
                namespace,
                writeScope,
                readScopes,
                signer,
                trusted,
                temporary,
                tuning);
    }

    /** Returns these settings with other scopes. */
    public RemoteSettings withScopes(String write, List<String> read) {
        return new RemoteSettings(
                url, credentials, variables, mode, namespace, write, read, signer, trusted, temporary, tuning);
    }

    /** Returns these settings with keys. */
    public RemoteSettings withKeys(Optional<SigningKey> ours, List<TrustedKey> believed) {
        return new RemoteSettings(
                url,
                credentials,
                variables,
                mode,
                namespace,
                writeScope,
                readScopes,
                ours,
                believed,
                temporary,
                tuning);
    }

    /** Returns these settings with another tuning. */
    public RemoteSettings withTuning(RemoteTuning other) {
        return new RemoteSettings(
                url,
                credentials,
                variables,
                mode,
                namespace,
                writeScope,
                readScopes,
                signer,
                trusted,
                temporary,
                other);
    }

    /** Returns which uploads are meant for this place, however it is reached. */
    Digest destination() {
        return Hasher.of("cairn destination")
                .put(url.kind().name())
                .put(url.place())
                .put(url.prefix())
                .put(url.option("endpoint").orElse(""))
                .put(namespace)
                .put(writeScope)
                .finish();
    }

    /** Returns whose the records of contexts are that are still to be put into the set of this place. */
    Digest announcements() {
        return Hasher.of("cairn announcements").put(destination()).finish();
    }

    Layout writeLayout() {
        return new Layout(namespace, writeScope);
    }

    List<Layout> readLayouts() {
        return readScopes.stream().map(scope -> new Layout(namespace, scope)).toList();
    }
}
