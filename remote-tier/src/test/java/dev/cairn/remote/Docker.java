package dev.cairn.remote;

import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/** Servers that exist as images only, for machines with a Docker engine. */
final class Docker {
    private Docker() {}

    /**
     * Starts a server; where there is no engine, says so, and skips the tests that need it.
     *
     * @param instead what shows the same without an engine
     */
    @SuppressWarnings("resource") // the caller stops it
    static GenericContainer<?> start(String image, int port, String instead, String... command) {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            String line = "SKIPPED: no Docker engine here, so nothing was tried on " + image + "; " + instead + " was";
            System.err.println(line);
            Assumptions.abort(line);
        }
        GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(image)).withExposedPorts(port);
        if (command.length > 0) {
            container.withCommand(command);
        }
        container.start();
        return container;
    }

    /** Returns where a server listens. */
    static String address(GenericContainer<?> container) {
        return "http://" + container.getHost() + ":" + container.getFirstMappedPort();
    }
}
