package dev.cairn.remote;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Opens the store that an address names. The providers' libraries are loaded here and not before. */
public final class ObjectStores {
    private ObjectStores() {}

    /**
     * Opens a store without asking it anything.
     *
     * @throws StoreException when the configuration cannot work; the message says what to do
     */
    public static ObjectStore open(
            RemoteUrl url, HttpCredentials credentials, ProviderVariables variables, RequestLimits limits)
            throws StoreException {
        try {
            return switch (url.kind()) {
                case S3 -> S3ObjectStore.open(url, Transport.of(url, credentials, variables), variables, limits);
                case GCS -> GcsObjectStore.open(url, Transport.of(url, credentials, variables), variables, limits);
                case HTTP -> HttpObjectStore.open(url, Transport.of(url, credentials, variables), credentials, limits);
                case DIRECTORY -> DirectoryObjectStore.open(Path.of(url.place()));
            };
        } catch (StoreException e) {
            throw e;
        } catch (IOException | RuntimeException | LinkageError e) {
            throw new StoreException(
                    Failure.MISCONFIGURED,
                    "cannot open " + url + ": " + StoreException.describe(e),
                    Optional.empty(),
                    Optional.of(e));
        }
    }
}
