package dev.cairn.remote;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A server that exists as an image only, for all tests of a class, on machines with a Docker engine. Elsewhere it says that
 * nothing was tried, and the tests are skipped.
 */
final class Docker implements BeforeAllCallback, AfterAllCallback {
    private final String instead;
    private final GenericContainer<?> container;

    /**
     * Starts nothing yet.
     *
     * @param instead what shows the same without an engine
     */
    Docker(String image, int port, String instead, String... command) {
        this.instead = instead;
        container = new GenericContainer<>(DockerImageName.parse(image)).withExposedPorts(port);
        container.withCommand(command);
    }

    /** Returns where the server listens. */
    String address() {
        return "http://" + container.getHost() + ":" + container.getFirstMappedPort();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            String line = "SKIPPED: no Docker engine here, so nothing was tried in " + context.getDisplayName() + "; "
                    + instead + " was";
            System.err.println(line);
            Assumptions.abort(line);
        }
        container.start();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        container.stop();
    }
}
