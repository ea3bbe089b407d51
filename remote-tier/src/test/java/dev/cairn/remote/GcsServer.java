package dev.cairn.remote;

import java.util.concurrent.atomic.AtomicInteger;

/** The storage emulator of firebase-tools, one for all tests of this JVM. */
final class GcsServer {
    static final int PORT = TestServers.freePort();

    private static final AtomicInteger BUCKETS = new AtomicInteger();

    static {
        TestServers.start(TestServers.directory("gcs"), PORT, GcsEmulator.command(PORT));
    }

    private GcsServer() {}

    /** Returns the address of a new bucket; the server makes it when something is put there. */
    static RemoteUrl newBucket() {
        return RemoteUrl.parse("gs://bucket-" + BUCKETS.incrementAndGet() + "/some/prefix?endpoint=http://127.0.0.1:"
                + PORT + "&anonymous=true");
    }
}
