package dev.cairn.wrapper;

/**
 * Ends the JDK's search for a second {@link System.LoggerFinder}, which it does not use: it would open all the jars for that, some
 * 65 ms on a slow machine. See the file in {@code META-INF/services}.
 */
public final class UnusedLoggerFinder extends System.LoggerFinder {
    @Override
    public System.Logger getLogger(String name, Module module) {
        throw new UnsupportedOperationException("another one was named before this");
    }
}
